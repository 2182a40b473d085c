package org.resnet4j.dataset;

import java.util.List;
import org.resnet4j.image.Image;
import org.resnet4j.random.Rng;

/**
 * Ten kinds of shapes drawn at 32x32 pixels, generated: any place, size, rotation and colours, over a shaded and noisy ground
 * with clutter, so that colour and position say nothing of the class. The same index, the same picture, on every machine.
 * Colours of shape and ground differ by at least a quarter of the range, in either direction.
 */
public final class Shapes implements Dataset {
    private static final int SIZE = 32;
    private static final int SAMPLES = 3;
    private static final List<String> NAMES =
            List.of("circle", "square", "triangle", "star", "cross", "ring", "crescent", "stripes", "hexagon", "arrow");

    private static final Sides THREE = Sides.of(3);
    private static final Sides FIVE = Sides.of(5);
    private static final Sides SIX = Sides.of(6);

    private final Part part;
    private final int size;

    private Shapes(Part part, int size) {
        this.part = part;
        this.size = size;
    }

    /** 20,000 pictures to train on, or 2,000 others to test with. */
    public static Shapes of(Part part) {
        return new Shapes(part, part == Part.TRAIN ? 20_000 : 2_000);
    }

    @Override
    public String description() {
        return "generated shapes, " + (part == Part.TRAIN ? "training" : "test") + " set";
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public List<String> classNames() {
        return NAMES;
    }

    @Override
    public int label(int i) {
        return i % NAMES.size();
    }

    @Override
    public Image image(int i) {
        Rng rng = Rng.of(Rng.key("shapes"), Rng.key(part.name()), i);
        double[][] colours = colours(rng);
        double[] slope = {rng.nextDouble(-0.25, 0.25), rng.nextDouble(-0.25, 0.25)};
        double noise = rng.nextDouble(2, 18);
        Pose[] clutter = new Pose[rng.nextInt(4)];
        for (int k = 0; k < clutter.length; k++) {
            clutter[k] = Pose.of(rng, 1, 2.5, 0);
        }
        Pose pose = Pose.of(rng, 7, 12.5, 6);
        int label = label(i);
        byte[] rgb = new byte[3 * SIZE * SIZE];
        for (int y = 0; y < SIZE; y++) {
            for (int x = 0; x < SIZE; x++) {
                double inside = coverage(label, pose, x, y);
                double small = 0;
                for (Pose c : clutter) {
                    small = Math.max(small, coverage(c.kind, c, x, y));
                }
                double shade = 1 + slope[0] * (x - SIZE / 2.0) / SIZE + slope[1] * (y - SIZE / 2.0) / SIZE;
                for (int c = 0; c < 3; c++) {
                    double ground = colours[1][c] * (1 - small) + colours[2][c] * small;
                    double value = (ground * (1 - inside) + colours[0][c] * inside) * shade;
                    value += noise * (rng.nextDouble() + rng.nextDouble() - 1);
                    rgb[(y * SIZE + x) * 3 + c] = (byte) Math.clamp(Math.round(value), 0, 255);
                }
            }
        }
        return new Image(SIZE, SIZE, rgb);
    }

    /** Of shape, ground and clutter; the shape stands out from the ground in at least one channel. */
    private static double[][] colours(Rng rng) {
        double[][] c = new double[3][3];
        double most = 0;
        while (most < 64) {
            most = 0;
            for (int k = 0; k < 3; k++) {
                c[0][k] = rng.nextDouble(0, 255);
                c[1][k] = rng.nextDouble(0, 255);
                c[2][k] = rng.nextDouble(0, 255);
                most = Math.max(most, Math.abs(c[0][k] - c[1][k]));
            }
        }
        return c;
    }

    /** Where a shape lies: centre, radius, rotation. */
    private record Pose(int kind, double x, double y, double radius, double cos, double sin) {
        static Pose of(Rng rng, double smallest, double largest, double jitter) {
            double radius = rng.nextDouble(smallest, largest);
            double room = jitter == 0 ? SIZE / 2.0 : Math.min(jitter, SIZE / 2.0 - radius);
            double angle = rng.nextDouble(0, 2 * Math.PI);
            return new Pose(
                    rng.nextInt(2),
                    SIZE / 2.0 + rng.nextDouble(-room, room),
                    SIZE / 2.0 + rng.nextDouble(-room, room),
                    radius,
                    StrictMath.cos(angle),
                    StrictMath.sin(angle));
        }
    }

    /** Share of a pixel inside a shape, by 3x3 samples. */
    private static double coverage(int kind, Pose p, int x, int y) {
        double reach = p.radius * 1.5;
        if (Math.abs(x + 0.5 - p.x) > reach || Math.abs(y + 0.5 - p.y) > reach) {
            return 0;
        }
        int hits = 0;
        for (int i = 0; i < SAMPLES; i++) {
            for (int j = 0; j < SAMPLES; j++) {
                double dx = (x + (i + 0.5) / SAMPLES - p.x) / p.radius;
                double dy = (y + (j + 0.5) / SAMPLES - p.y) / p.radius;
                hits += inside(kind, dx * p.cos + dy * p.sin, dy * p.cos - dx * p.sin) ? 1 : 0;
            }
        }
        return hits / (double) (SAMPLES * SAMPLES);
    }

    /** True if a point of the unit disc belongs to the shape. */
    private static boolean inside(int kind, double x, double y) {
        double r2 = x * x + y * y;
        return switch (kind) {
            case 0 -> r2 <= 1;
            case 1 -> Math.max(Math.abs(x), Math.abs(y)) <= 0.8;
            case 2 -> THREE.beyond(x, y, 0.5) == 0;
            case 3 -> FIVE.beyond(x, y, 0.33) <= 1 && r2 <= 1.1; // a star is inside all but one of its lines
            case 4 -> Math.min(Math.abs(x), Math.abs(y)) <= 0.28 && Math.max(Math.abs(x), Math.abs(y)) <= 0.95;
            case 5 -> r2 <= 1 && r2 >= 0.36;
            case 6 -> r2 <= 1 && (x - 0.45) * (x - 0.45) + y * y > 0.64;
            case 7 ->
                Math.max(Math.abs(x), Math.abs(y)) <= 0.9 && Math.floorMod((int) Math.floor((y + 0.9) / 0.36), 2) == 0;
            case 8 -> SIX.beyond(x, y, 0.87) == 0;
            case 9 ->
                (x > 0 && x <= 1 && Math.abs(y) <= 0.8 * (1 - x)) || (x <= 0 && x >= -0.95 && Math.abs(y) <= 0.22);
            default -> throw new IllegalArgumentException("no shape " + kind);
        };
    }

    /** Directions of the sides of a regular polygon. */
    private record Sides(double[] x, double[] y) {
        static Sides of(int n) {
            double[] x = new double[n];
            double[] y = new double[n];
            for (int k = 0; k < n; k++) {
                x[k] = StrictMath.cos(2 * Math.PI * k / n);
                y[k] = StrictMath.sin(2 * Math.PI * k / n);
            }
            return new Sides(x, y);
        }

        /** How many sides, {@code apothem} from the centre, have the point beyond them. */
        int beyond(double px, double py, double apothem) {
            int count = 0;
            for (int k = 0; k < x.length; k++) {
                count += px * x[k] + py * y[k] > apothem ? 1 : 0;
            }
            return count;
        }
    }
}
