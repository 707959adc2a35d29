# The Node.js addon. Only the thin binding is compiled here, with the headers of node; the core is the archive that
# CMake built before, because node's own openssl/ headers come first in everything that node-gyp compiles.
#
# node exports nearly all of libcrypto, and the executable's symbols win over a library's. The addon brings its own
# libcrypto and libsodium, hidden, so that what runs is what was built and tested.
{
  'variables': {
    # The prefix keeps these apart from the variables of node's own gyp files.
    'swt_core': '<(module_root_dir)/build/core/libswt_core.a',
    'swt_exports': '<(module_root_dir)/bindings/node/exports.map',
    'swt_libcrypto': '<!(pkg-config --variable=libdir libcrypto)/libcrypto.a',
    'swt_libsodium': '<!(pkg-config --variable=libdir libsodium)/libsodium.a',
    'swt_libcjson': '<!(pkg-config --variable=libdir libcjson)/libcjson.so.1',
  },
  'targets': [
    {
      'target_name': 'secure_web_token',
      'sources': ['<!@(ls bindings/node/*.cc)'],
      'include_dirs': ['include', 'node_modules/node-addon-api'],
      'defines': [
        'NAPI_VERSION=9',
        # Some hosts have a memory cage that forbids them.
        'NODE_API_NO_EXTERNAL_BUFFERS_ALLOWED',
        # For node-addon-api (napi.h). The last: process.exit and worker.terminate must not abort with work in flight.
        'NAPI_DISABLE_CPP_EXCEPTIONS',
        'NODE_ADDON_API_DISABLE_DEPRECATED',
        'NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS',
      ],
      'cflags': [
        '-g', '-Wall', '-Wextra', '-fvisibility=hidden', '-ffunction-sections', '-fdata-sections',
        '-fstack-protector-strong', '-fstack-clash-protection', '-U_FORTIFY_SOURCE', '-D_FORTIFY_SOURCE=2',
      ],
      'cflags_cc!': ['-std=gnu++17', '-std=gnu++20'],
      'cflags_cc': ['-std=c++20', '-fvisibility-inlines-hidden'],
      'conditions': [
        ['target_arch in "ia32 x64"', {'cflags': ['-fcf-protection']}],
        ['clang==0', {'cflags_cc': ['-fno-gnu-unique']}],
      ],
      'libraries': ['<(swt_core)', '<(swt_libcrypto)', '<(swt_libsodium)', '<(swt_libcjson)', '-pthread', '-ldl'],
      'ldflags': [
        '-Wl,--exclude-libs,ALL', '-Wl,-Bsymbolic', '-Wl,--version-script=<(swt_exports)',
        # Node unmaps an addon when the last worker that uses it ends, while threads may still run in it.
        '-Wl,-z,nodelete',
        '-Wl,-z,relro', '-Wl,-z,now', '-Wl,-z,noexecstack',
        # --gc-sections and no -static-libgcc: each of the two the other way asks for a newer glibc.
        '-static-libstdc++', '-Wl,--gc-sections', '-Wl,--as-needed',
        # libcjson.so.1 lies beside the addon.
        "-Wl,-rpath,'$$ORIGIN'", '-Wl,--disable-new-dtags',
      ],
      'actions': [
        {
          # make does not see archives as something that the addon is made of. This empty source is touched when one of
          # the inputs changes, and so the addon is linked again.
          'action_name': 'link_stamp',
          'inputs': ['<(swt_core)', '<(swt_exports)'],
          'outputs': ['<(INTERMEDIATE_DIR)/link_stamp.cc'],
          'action': ['touch', '<(INTERMEDIATE_DIR)/link_stamp.cc'],
          'process_outputs_as_sources': 1,
        },
      ],
    },
  ],
}
