/**
 * Learning rates as a function of the step.
 *
 * <p>Entry types: {@link org.resnet4j.lrschedule.Schedule} and {@link org.resnet4j.lrschedule.ScheduleState}. Invariants: a
 * schedule is a value; the rate depends on the step and the state only; a state that went through its text form is the same state.
 */
@NullMarked
package org.resnet4j.lrschedule;

import org.jspecify.annotations.NullMarked;
