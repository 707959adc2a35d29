/* dlclose.c <libswt.so>: a process may close the library at any time. The thread that looks up a Redis server's name may
 * still be running then, and its code must still be there: the library stays mapped. */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <swt/swt.h>
#include <time.h>

typedef uint32_t version_function(void);
typedef swt_bytes text_function(const char *);
typedef swt_status open_function(swt_bytes, const swt_redis_store_options *, swt_store **);
typedef swt_status ping_function(swt_store *);
typedef void free_function(swt_store *);

/* ISO C converts no object pointer to a function's; POSIX promises that they have one representation. */
static int lookup(void *library, const char *name, void *out_function) {
  void *address = dlsym(library, name);
  if (address == NULL) printf("FAILED  %s: %s\n", name, dlerror());
  memcpy(out_function, &address, sizeof address);
  return address != NULL;
}

int main(int argc, char **argv) {
  const struct timespec a_moment = {0, 300000000};
  swt_redis_store_options options = SWT_REDIS_STORE_OPTIONS_INIT;
  version_function *version;
  text_function *text;
  open_function *open_store;
  ping_function *ping;
  free_function *free_store;
  swt_store *store = NULL;
  void *library = argc == 2 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;

  if (library == NULL) {
    printf("FAILED  dlopen: %s\n", argc == 2 ? dlerror() : "usage: dlclose <libswt.so>");
    return 1;
  }
  if (!lookup(library, "swt_abi_version", &version) || !lookup(library, "swt_text", &text) ||
      !lookup(library, "swt_store_redis_open", &open_store) || !lookup(library, "swt_store_ping", &ping) ||
      !lookup(library, "swt_store_free", &free_store))
    return 1;

  /* A name that no server knows, and a millisecond to find that out: the look-up goes on when the store is gone. */
  options.connect_timeout_ms = 1;
  if (open_store(text("redis://nowhere.invalid"), &options, &store) != SWT_OK || ping(store) == SWT_OK) {
    printf("FAILED  a store over a server that does not exist\n");
    return 1;
  }
  free_store(store);

  if (dlclose(library) != 0) {
    printf("FAILED  dlclose: %s\n", dlerror());
    return 1;
  }
  if (dlopen(argv[1], RTLD_NOW | RTLD_NOLOAD) == NULL) {
    printf("FAILED  dlclose has unmapped the library\n");
    return 1;
  }
  nanosleep(&a_moment, NULL);
  if (version() != SWT_ABI_VERSION) return 1;
  printf("ok      closed, and still there\n");
  return 0;
}
