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

extern "C" void run_play(unsigned blocks, const void *given) { run<Play>(blocks, given, play); }
