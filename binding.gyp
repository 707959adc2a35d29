# For whoever builds with node-gyp: it hands over to CMake, which compiles core and addon in one place with one set of
# flags (cmake/addon.cmake). `npm run build` does the same without it.
{
  'targets': [
    {
      'target_name': 'secure_web_token',
      'type': 'none',
      'actions': [
        {
          'action_name': 'cmake',
          'inputs': [],
          # gyp wants a name, and remembers by it that the action was done: a second time takes `node-gyp rebuild`.
          'outputs': ['<(INTERMEDIATE_DIR)/done'],
          'action': ['node', '<(module_root_dir)/scripts/build.js'],
        },
      ],
    },
  ],
}
