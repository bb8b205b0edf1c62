// game.cu as a shared library for a host: one entry for each kernel, blocks one after the other.

#include "host.h"

#include "game.cu"

#include <cstring>

template <class Arguments>
static void run(unsigned blocks, const void *given, void (*kernel)(const Arguments)) {
    Arguments arguments;
    std::memcpy(&arguments, given, sizeof arguments);
    const std::function<void()> lane = [&] { kernel(arguments); };
    for (unsigned block = 0; block < blocks; ++block) host::run_block(block, BB_THREADS, lane);
}

extern "C" {
void run_play(unsigned blocks, const void *given) { run<Play>(blocks, given, play); }
void run_begin(unsigned blocks, const void *given) { run<Steps>(blocks, given, begin); }
void run_choose(unsigned blocks, const void *given) { run<Steps>(blocks, given, choose); }
void run_inspect(unsigned blocks, const void *given) { run<Steps>(blocks, given, inspect); }
void run_apply(unsigned blocks, const void *given) { run<Steps>(blocks, given, apply); }
}
