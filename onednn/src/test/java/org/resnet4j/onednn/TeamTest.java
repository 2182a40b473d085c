package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Loops in Java on OpenMP's own threads. */
class TeamTest {
    private static final int MEMBERS = 3;
    private final Onednn onednn = Onednn.open(Path.of("target", "natives"));

    /** Runs on a thread of its own, since a team belongs to its calling thread. */
    private void onThread(Runnable test) throws InterruptedException {
        Throwable[] thrown = new Throwable[1];
        Thread thread = Thread.ofPlatform().start(() -> {
            try {
                onednn.setThreads(MEMBERS);
                test.run();
            } catch (RuntimeException | Error e) {
                thrown[0] = e;
            }
        });
        thread.join();
        assertThat(thrown[0]).isNull();
    }

    @Test
    void everyMemberRunsOnceOnAThreadOfItsOwn() throws InterruptedException {
        onThread(() -> {
            Team team = Team.ofCallingThread(onednn);
            assertThat(team.members()).isEqualTo(MEMBERS);
            for (int round = 0; round < 50; round++) {
                Set<Integer> numbers = ConcurrentHashMap.newKeySet();
                Set<Thread> threads = ConcurrentHashMap.newKeySet();
                AtomicInteger calls = new AtomicInteger();
                team.run((member, members) -> {
                    assertThat(members).isEqualTo(MEMBERS);
                    numbers.add(member);
                    threads.add(Thread.currentThread());
                    calls.incrementAndGet();
                });
                assertThat(numbers).containsExactlyInAnyOrder(0, 1, 2);
                assertThat(threads).hasSize(MEMBERS).contains(Thread.currentThread());
                assertThat(calls).hasValue(MEMBERS);
            }
        });
    }

    @Test
    void whatAMemberThrowsIsThrownToTheCallerAndTheTeamGoesOn() throws InterruptedException {
        onThread(() -> {
            Team team = Team.ofCallingThread(onednn);
            for (int thrower = 0; thrower < MEMBERS; thrower++) {
                int bad = thrower;
                assertThatThrownBy(() -> team.run((member, _) -> {
                            if (member == bad) {
                                throw new IllegalStateException("member " + member);
                            }
                        }))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("member " + bad);
            }
            AtomicInteger calls = new AtomicInteger();
            team.run((_, _) -> calls.incrementAndGet());
            assertThat(calls).hasValue(MEMBERS);
        });
    }

    @Test
    void aTeamOfOneRunsOnItsCaller() throws InterruptedException {
        onThread(() -> {
            onednn.setThreads(1);
            Thread[] seen = new Thread[1];
            Team.ofCallingThread(onednn).run((_, _) -> seen[0] = Thread.currentThread());
            assertThat(seen[0]).isSameAs(Thread.currentThread());
        });
    }
}
