package org.resnet4j.onednn.ffi;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;

/**
 * Every C function that is bound, with its signature in letters: p pointer, i int32 (enums and status codes), l int64
 * ({@code size_t}), f float, v nothing; the result first. oneDNN 3.11, {@code dnnl.h}; libgomp, {@code omp.h}.
 */
public enum Function {
    VERSION("dnnl_version", "p"),
    GET_EFFECTIVE_CPU_ISA("dnnl_get_effective_cpu_isa", "i"),
    SET_PRIMITIVE_CACHE_CAPACITY("dnnl_set_primitive_cache_capacity", "ii"),
    GET_PRIMITIVE_CACHE_CAPACITY("dnnl_get_primitive_cache_capacity", "ip"),
    ENGINE_CREATE("dnnl_engine_create", "ipil"),
    ENGINE_DESTROY("dnnl_engine_destroy", "ip"),
    STREAM_CREATE("dnnl_stream_create", "ippi"),
    STREAM_DESTROY("dnnl_stream_destroy", "ip"),
    MEMORY_DESC_CREATE_WITH_TAG("dnnl_memory_desc_create_with_tag", "ipipii"),
    MEMORY_DESC_CREATE_WITH_STRIDES("dnnl_memory_desc_create_with_strides", "ipipip"),
    MEMORY_DESC_CLONE("dnnl_memory_desc_clone", "ipp"),
    MEMORY_DESC_DESTROY("dnnl_memory_desc_destroy", "ip"),
    MEMORY_DESC_GET_SIZE("dnnl_memory_desc_get_size", "lp"),
    MEMORY_DESC_EQUAL("dnnl_memory_desc_equal", "ipp"),
    MEMORY_DESC_QUERY("dnnl_memory_desc_query", "ipip"),
    MEMORY_CREATE("dnnl_memory_create", "ipppp"),
    MEMORY_DESTROY("dnnl_memory_destroy", "ip"),
    ATTR_CREATE("dnnl_primitive_attr_create", "ip"),
    ATTR_DESTROY("dnnl_primitive_attr_destroy", "ip"),
    ATTR_SET_SCRATCHPAD_MODE("dnnl_primitive_attr_set_scratchpad_mode", "ipi"),
    ATTR_SET_SCALES_MASK("dnnl_primitive_attr_set_scales_mask", "ipii"),
    ATTR_SET_POST_OPS("dnnl_primitive_attr_set_post_ops", "ipp"),
    POST_OPS_CREATE("dnnl_post_ops_create", "ip"),
    POST_OPS_DESTROY("dnnl_post_ops_destroy", "ip"),
    POST_OPS_APPEND_SUM("dnnl_post_ops_append_sum", "ipfii"),
    POST_OPS_APPEND_ELTWISE("dnnl_post_ops_append_eltwise", "ipiff"),
    POST_OPS_APPEND_BINARY("dnnl_post_ops_append_binary", "ipip"),
    CONVOLUTION_FORWARD("dnnl_convolution_forward_primitive_desc_create", "ippiippppppppp"),
    CONVOLUTION_BACKWARD_DATA("dnnl_convolution_backward_data_primitive_desc_create", "ippippppppppp"),
    CONVOLUTION_BACKWARD_WEIGHTS("dnnl_convolution_backward_weights_primitive_desc_create", "ippipppppppppp"),
    MATMUL("dnnl_matmul_primitive_desc_create", "ippppppp"),
    INNER_PRODUCT_FORWARD("dnnl_inner_product_forward_primitive_desc_create", "ippippppp"),
    INNER_PRODUCT_BACKWARD_DATA("dnnl_inner_product_backward_data_primitive_desc_create", "ippppppp"),
    INNER_PRODUCT_BACKWARD_WEIGHTS("dnnl_inner_product_backward_weights_primitive_desc_create", "ipppppppp"),
    BATCH_NORMALIZATION_FORWARD("dnnl_batch_normalization_forward_primitive_desc_create", "ippippfip"),
    BATCH_NORMALIZATION_BACKWARD("dnnl_batch_normalization_backward_primitive_desc_create", "ippipppfipp"),
    POOLING_FORWARD("dnnl_pooling_forward_primitive_desc_create", "ippiipppppppp"),
    POOLING_BACKWARD("dnnl_pooling_backward_primitive_desc_create", "ippippppppppp"),
    ELTWISE_FORWARD("dnnl_eltwise_forward_primitive_desc_create", "ippiippffp"),
    ELTWISE_BACKWARD("dnnl_eltwise_backward_primitive_desc_create", "ippipppffpp"),
    BINARY("dnnl_binary_primitive_desc_create", "ippipppp"),
    SOFTMAX_FORWARD("dnnl_softmax_forward_primitive_desc_create", "ippiippip"),
    SOFTMAX_BACKWARD("dnnl_softmax_backward_primitive_desc_create", "ippipppipp"),
    REORDER("dnnl_reorder_primitive_desc_create", "ipppppp"),
    PRIMITIVE_DESC_DESTROY("dnnl_primitive_desc_destroy", "ip"),
    PRIMITIVE_DESC_NEXT_IMPL("dnnl_primitive_desc_next_impl", "ip"),
    PRIMITIVE_DESC_QUERY("dnnl_primitive_desc_query", "ipiip"),
    PRIMITIVE_DESC_QUERY_MD("dnnl_primitive_desc_query_md", "ppii"),
    PRIMITIVE_CREATE("dnnl_primitive_create", "ipp"),
    PRIMITIVE_DESTROY("dnnl_primitive_destroy", "ip"),
    PRIMITIVE_EXECUTE("dnnl_primitive_execute", "ippip"),
    OMP_SET_NUM_THREADS("omp_set_num_threads", "vi"),
    OMP_GET_MAX_THREADS("omp_get_max_threads", "i"),
    OMP_GET_THREAD_NUM("omp_get_thread_num", "i"),
    GOMP_PARALLEL("GOMP_parallel", "vppii");

    private final String symbol;
    private final String signature;

    Function(String symbol, String signature) {
        this.symbol = symbol;
        this.signature = signature;
    }

    /** The C name. */
    public String symbol() {
        return symbol;
    }

    String signature() {
        return signature;
    }

    FunctionDescriptor descriptor() {
        MemoryLayout[] arguments = new MemoryLayout[signature.length() - 1];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = layout(signature.charAt(i + 1));
        }
        return signature.charAt(0) == 'v'
                ? FunctionDescriptor.ofVoid(arguments)
                : FunctionDescriptor.of(layout(signature.charAt(0)), arguments);
    }

    private static MemoryLayout layout(char letter) {
        return switch (letter) {
            case 'p' -> ValueLayout.ADDRESS;
            case 'i' -> ValueLayout.JAVA_INT;
            case 'l' -> ValueLayout.JAVA_LONG;
            case 'f' -> ValueLayout.JAVA_FLOAT;
            default -> throw new IllegalArgumentException("no type is written " + letter);
        };
    }
}
