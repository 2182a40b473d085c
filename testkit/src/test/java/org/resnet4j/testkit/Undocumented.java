package org.resnet4j.testkit;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExportsTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Finds what users of a module see and nobody described: public and protected types, members and enum constants of exported
 * packages without a Javadoc comment. What a comment must hold, and whether its links and tags are right, is the compiler's to say
 * (-Xdoclint); a tag for every parameter is not asked for. Overriding methods inherit theirs.
 */
final class Undocumented extends TreePathScanner<Void, Boolean> {
    private final DocTrees docs;
    private final List<String> found = new ArrayList<>();

    private Undocumented(DocTrees docs) {
        this.docs = docs;
    }

    /** The undocumented declarations of a module's sources, which include its descriptor, as "file:line name". */
    static List<String> in(List<? extends JavaFileObject> sources) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        JavacTask task = (JavacTask) compiler.getTask(null, null, null, List.of("-proc:none"), null, sources);
        List<CompilationUnitTree> units = new ArrayList<>();
        task.parse().forEach(units::add);
        Set<String> exported = new TreeSet<>();
        for (CompilationUnitTree unit : units) {
            if (unit.getModule() != null) {
                unit.getModule().getDirectives().forEach(d -> {
                    if (d instanceof ExportsTree e) {
                        exported.add(e.getPackageName().toString());
                    }
                });
            }
        }
        Undocumented walk = new Undocumented(DocTrees.instance(task));
        for (CompilationUnitTree unit : units) {
            if (unit.getModule() == null
                    && unit.getPackage() != null
                    && exported.contains(unit.getPackage().getPackageName().toString())) {
                walk.scan(unit, false);
            }
        }
        return walk.found;
    }

    /** Source text as the compiler takes it. */
    static JavaFileObject source(URI name, String text) {
        return new SimpleJavaFileObject(name, JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return text;
            }
        };
    }

    @Override
    public Void visitClass(ClassTree type, Boolean inInterface) {
        if (!isSeen(type.getModifiers(), inInterface)) {
            return null; // and nothing inside it is seen either
        }
        require(type.getSimpleName());
        boolean all = type.getKind() == Tree.Kind.INTERFACE || type.getKind() == Tree.Kind.ANNOTATION_TYPE;
        return super.visitClass(type, all);
    }

    @Override
    public Void visitMethod(MethodTree method, Boolean inInterface) {
        boolean overrides = method.getModifiers().getAnnotations().stream()
                .anyMatch(a -> a.getAnnotationType().toString().equals("Override"));
        if (isSeen(method.getModifiers(), inInterface) && !overrides && !isGenerated(method)) {
            require(method.getName());
        }
        return null;
    }

    @Override
    public Void visitVariable(VariableTree field, Boolean inInterface) {
        if (isSeen(field.getModifiers(), inInterface)) {
            require(field.getName());
        }
        return null;
    }

    /** A default constructor stands where its class does; it has no text of its own. */
    private boolean isGenerated(MethodTree method) {
        Tree parent = getCurrentPath().getParentPath().getLeaf();
        return position(method) < 0 || position(method) == position(parent);
    }

    private long position(Tree tree) {
        return docs.getSourcePositions().getStartPosition(getCurrentPath().getCompilationUnit(), tree);
    }

    private static boolean isSeen(ModifiersTree modifiers, boolean inInterface) {
        Set<Modifier> flags = modifiers.getFlags();
        return flags.contains(Modifier.PUBLIC)
                || flags.contains(Modifier.PROTECTED)
                || (inInterface && !flags.contains(Modifier.PRIVATE));
    }

    private void require(CharSequence name) {
        String comment = docs.getDocComment(getCurrentPath());
        if (comment == null || comment.isBlank()) {
            CompilationUnitTree unit = getCurrentPath().getCompilationUnit();
            long line =
                    unit.getLineMap().getLineNumber(position(getCurrentPath().getLeaf()));
            found.add(unit.getSourceFile().getName() + ":" + line + " " + name);
        }
    }
}
