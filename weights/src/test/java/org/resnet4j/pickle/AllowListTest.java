package org.resnet4j.pickle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.resnet4j.pickle.Hostile.refusedInBoth;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.testkit.PickleWriter;

/** PKL-02 to PKL-05 and PKL-12: nothing is built that is not on the list, however it is asked for. */
final class AllowListTest {
    /** Names that run code, load code, reach files or networks, or lead to such: what scanners of pickles look for, and more. */
    private static final List<String> FORBIDDEN = List.of(
            "os system",
            "os popen",
            "os execv",
            "os remove",
            "posix system",
            "posix popen",
            "nt system",
            "nt startfile",
            "subprocess Popen",
            "subprocess check_output",
            "subprocess run",
            "commands getoutput",
            "pty spawn",
            "builtins eval",
            "builtins exec",
            "builtins getattr",
            "builtins setattr",
            "builtins compile",
            "builtins open",
            "builtins __import__",
            "builtins breakpoint",
            "builtins apply",
            "builtins globals",
            "builtins vars",
            "builtins object",
            "builtins set",
            "builtins bytearray",
            "__builtin__ eval",
            "__builtin__ set",
            "__builtin__ getattr",
            "__builtin__ execfile",
            "__builtins__ eval",
            "importlib import_module",
            "importlib.util spec_from_file_location",
            "imp load_source",
            "runpy run_path",
            "runpy _run_code",
            "sys exit",
            "sys settrace",
            "types CodeType",
            "types FunctionType",
            "marshal loads",
            "pickle loads",
            "pickle load",
            "_pickle loads",
            "_pickle Unpickler",
            "cPickle loads",
            "dill loads",
            "dill._dill _create_code",
            "cloudpickle loads",
            "joblib load",
            "shelve open",
            "copyreg _reconstructor",
            "copyreg __newobj__",
            "copyreg add_extension",
            "copy_reg _reconstructor",
            "operator attrgetter",
            "operator methodcaller",
            "operator itemgetter",
            "_operator attrgetter",
            "functools partial",
            "functools reduce",
            "_functools partial",
            "itertools starmap",
            "codecs decode",
            "_codecs decode",
            "codecs encode",
            "code InteractiveInterpreter",
            "codeop compile_command",
            "bdb Bdb",
            "pdb Pdb",
            "pdb run",
            "cProfile run",
            "cProfile runctx",
            "profile Profile",
            "timeit timeit",
            "timeit repeat",
            "trace Trace",
            "doctest debug_script",
            "pydoc pipepager",
            "pydoc locate",
            "webbrowser open",
            "socket create_connection",
            "ssl SSLSocket",
            "urllib.request urlopen",
            "http.client HTTPSConnection",
            "httplib HTTPConnection",
            "requests.api get",
            "aiohttp.client ClientSession",
            "smtplib SMTP",
            "ftplib FTP",
            "asyncio.unix_events _UnixSubprocessTransport",
            "multiprocessing.util spawnv_passfds",
            "ctypes CDLL",
            "ctypes.util _findLib_gcc",
            "_ctypes LoadLibrary",
            "shutil rmtree",
            "shutil copy",
            "pathlib Path",
            "tempfile mktemp",
            "io open",
            "_io FileIO",
            "platform popen",
            "uuid _popen",
            "venv create",
            "ensurepip _run_pip",
            "pip main",
            "pip._internal main",
            "distutils.file_util write_file",
            "lib2to3.pgen2.pgen ParserGenerator.make_label",
            "idlelib.pyshell ModifiedInterpreter.runcode",
            "sqlite3 connect",
            "logging.config listen",
            "atexit register",
            "signal signal",
            "threading Timer",
            "torch load",
            "torch.hub load",
            "torch.jit load",
            "torch.jit.unsupported_tensor_ops execWrapper",
            "torch.serialization load",
            "torch.storage _load_from_bytes",
            "torch.utils.collect_env run",
            "torch.utils.bottleneck.__main__ run_cprofile",
            "torch.utils._config_module ConfigModule.load_config",
            "torch.utils.data.datapipes.utils.decoder basichandlers",
            "torch._inductor.codecache compile_file",
            "torch._dynamo.guards GuardBuilder.get",
            "torch.fx.experimental.symbolic_shapes ShapeEnv.evaluate_guards_expression",
            "torch.distributed.rpc.internal _build_rpc_profiling_key",
            "torch._utils _rebuild_wrapper_subclass",
            "torch._utils _rebuild_sparse_tensor",
            "torch._tensor _rebuild_from_type_v2",
            "torch.nn.modules.conv Conv2d",
            "torch device",
            "torch Tensor",
            "torch FloatTensor",
            "torch UntypedStorage",
            "torch.storage TypedStorage",
            "numpy.core.multiarray _reconstruct",
            "numpy load",
            "numpy ndarray",
            "numpy.testing._private.utils runstring",
            "numpy.f2py.capi_maps getinit",
            "pandas read_pickle",
            "collections defaultdict",
            "collections namedtuple",
            "argparse ArgumentParser",
            "argparse FileType",
            "__main__ Net",
            "a.b.c D",
            // Near misses: attributes of allowed classes, other spellings, parts that join to an allowed name.
            "collections OrderedDict.update",
            "collections OrderedDict.__init__.__globals__",
            "collections orderedDict",
            "collections  OrderedDict",
            "Collections OrderedDict",
            "torch Size.__class__",
            "torch._utils._rebuild_tensor_v2 __call__",
            "torch _utils._rebuild_tensor_v2",
            "torch._utils  _rebuild_tensor_v2",
            "numpy dtype.type",
            "numpy.core multiarray.scalar",
            "argparse Namespace.__init__",
            "torch floatStorage",
            "torch FloatStorage.from_file",
            " torch FloatStorage");

    @TempDir
    Path folder;

    static Stream<String> forbidden() {
        return FORBIDDEN.stream();
    }

    private static String module(String name) {
        return name.substring(0, split(name));
    }

    private static String attribute(String name) {
        return name.substring(split(name) + 1);
    }

    private static int split(String name) {
        return name.indexOf(' ', 1);
    }

    @Test
    void enoughKinds() {
        assertThat(FORBIDDEN).hasSizeGreaterThanOrEqualTo(84).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("forbidden")
    void refusedByFullNameInEveryForm(String name) throws IOException {
        String module = module(name);
        String attribute = attribute(name);
        String full = module + "." + attribute;
        refusedInBoth(
                folder,
                PickleWriter.protocol2()
                        .global(module, attribute)
                        .text("id")
                        .op(0x85, 'R')
                        .stop()
                        .toBytes(),
                full,
                "nothing was executed");
        refusedInBoth(
                folder,
                PickleWriter.protocol2().stackGlobal(module, attribute).stop().toBytes(),
                full);
        // The texts come out of the memo, where a scanner that looks at what stands in front of the opcode misses them.
        refusedInBoth(
                folder,
                PickleWriter.protocol2()
                        .text(module)
                        .op('q', 0, '0')
                        .text(attribute)
                        .op('q', 1, '0', 'h', 0, 'h', 1, 0x93)
                        .stop()
                        .toBytes(),
                full);
        refusedInBoth(
                folder,
                PickleWriter.protocol2()
                        .op('(')
                        .raw("i" + module + "\n" + attribute + "\n")
                        .stop()
                        .toBytes(),
                full,
                "INST");
        refusedInBoth(
                folder,
                new PickleWriter()
                        .global(module, attribute)
                        .op(')', 0x81)
                        .stop()
                        .toBytes(),
                full);
        refusedInBoth(
                folder,
                PickleWriter.protocol2()
                        .op('(')
                        .global(module, attribute)
                        .op('o')
                        .stop()
                        .toBytes(),
                full);
    }

    @ParameterizedTest
    @MethodSource("allowedNames")
    void pkl03WrongArguments(String name) throws IOException {
        String module = module(name);
        String attribute = attribute(name);
        refusedInBoth(
                folder,
                PickleWriter.protocol2()
                        .global(module, attribute)
                        .op('(')
                        .text("a")
                        .text("b")
                        .op('t', 'R')
                        .stop()
                        .toBytes(),
                module + "." + attribute);
        refusedInBoth(
                folder,
                PickleWriter.protocol2()
                        .global(module, attribute)
                        .text("no tuple")
                        .op('R')
                        .stop()
                        .toBytes(),
                module + "." + attribute);
    }

    static Stream<String> allowedNames() {
        return Arrays.stream(Allowed.values()).map(a -> {
            int dot = a.fullName().lastIndexOf('.');
            return a.fullName().substring(0, dot) + " " + a.fullName().substring(dot + 1);
        });
    }

    /** The list is a promise: a name more is a decision, not an accident. */
    @Test
    void theListIsThis() {
        assertThat(Arrays.stream(Allowed.values()).map(Allowed::fullName))
                .containsExactlyInAnyOrder(
                        "torch._utils._rebuild_tensor",
                        "torch._utils._rebuild_tensor_v2",
                        "torch._utils._rebuild_parameter",
                        "torch.Size",
                        "collections.OrderedDict",
                        "collections.Counter",
                        "argparse.Namespace",
                        "numpy.core.multiarray.scalar",
                        "numpy._core.multiarray.scalar",
                        "numpy.dtype",
                        "_codecs.encode",
                        "torch.DoubleStorage",
                        "torch.FloatStorage",
                        "torch.HalfStorage",
                        "torch.BFloat16Storage",
                        "torch.LongStorage",
                        "torch.IntStorage",
                        "torch.ShortStorage",
                        "torch.CharStorage",
                        "torch.ByteStorage",
                        "torch.BoolStorage");
    }

    @Test
    void pkl04BuildCallsNothing() throws IOException {
        refusedInBoth(
                folder,
                PickleWriter.protocol2()
                        .orderedDict()
                        .op('}', '(')
                        .text("__setstate__")
                        .text("x")
                        .op('u', 'b')
                        .stop()
                        .toBytes(),
                "'__setstate__'");
        for (byte[] target : List.of(
                new PickleWriter().op('}').toBytes(),
                new PickleWriter().op(']').toBytes(),
                new PickleWriter().global("collections", "Counter").op(')', 'R').toBytes(),
                new PickleWriter().global("torch", "Size").toBytes(),
                new PickleWriter().text("x").toBytes())) {
            refusedInBoth(
                    folder,
                    PickleWriter.protocol2().raw(target).op('}', 'b').stop().toBytes(),
                    "BUILD");
        }
    }

    @Test
    void hooksWithContentAreRefused() throws IOException {
        refusedInBoth(
                folder,
                PickleWriter.protocol2()
                        .global("torch._utils", "_rebuild_tensor_v2")
                        .op('(')
                        .storage("FloatStorage", "0", 1)
                        .integer(0)
                        .integers(1)
                        .integers(1)
                        .bool(false)
                        .orderedDict()
                        .op('(')
                        .text("hook")
                        .text("x")
                        .op('u', 't', 'R')
                        .stop()
                        .toBytes(),
                "wrong arguments for torch._utils._rebuild_tensor_v2");
    }

    @ParameterizedTest
    @ValueSource(
            ints = {0x82, 0x83, 0x84, 'P', 'o', 0x92, 0x97, 0x98, 'I', 'L', 'F', 'S', 'V', 'p', 'g', 'l', 'd', 0, 0xff})
    void pkl05OpcodesThatDoMore(int op) throws IOException {
        refusedInBoth(
                folder,
                PickleWriter.protocol2()
                        .op('(')
                        .text("a")
                        .text("b")
                        .op(op)
                        .raw("x\n\0\0\0\0")
                        .stop()
                        .toBytes(),
                "opcode is not read");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 6, 255})
    void otherProtocols(int version) throws IOException {
        refusedInBoth(folder, new PickleWriter().op(0x80, version).stop().toBytes(), "protocols 2 to 5");
    }
}
