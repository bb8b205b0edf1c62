// The words of CUDA that game.cu uses, in C++ on a host, so that the very same source runs without a GPU.
//
// A lane is a fiber. Where lanes meet (a ballot, a shuffle, a barrier) a fiber hands over to the next one until
// all have arrived, so warps of 32 lanes work together as they do on a device. One block runs at a time.

#pragma once

#include <algorithm>
#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <vector>

#include <ucontext.h>

#define __device__
#define __global__
#define __shared__ static
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...)

namespace host {

constexpr unsigned LANES = 32;
constexpr std::size_t STACK = 64 * 1024;

// Lanes that wait for each other.
struct Meeting {
    unsigned arrived = 0, round = 0;
};

struct Warp {
    Meeting meeting;
    unsigned values[LANES];
};

struct Fiber {
    ucontext_t start;
    std::jmp_buf here;
    std::unique_ptr<char[]> stack;
    bool started = false, finished = false;
};

struct Dim {
    unsigned x, y, z;
};

inline std::vector<Fiber> fibers;
inline std::vector<Warp> warps;
inline Meeting block_meeting;
inline unsigned current = 0;
inline std::jmp_buf back;
inline const std::function<void()> *body = nullptr;
inline Dim block_index{0, 0, 0}, block_size{1, 1, 1};

inline void enter() {
    (*body)();
    fibers[current].finished = true;
    std::longjmp(back, 1);
}

// Runs another lane until this one's turn comes again.
inline void yield() {
    if (setjmp(fibers[current].here) == 0) std::longjmp(back, 1);
}

inline void meet(Meeting &meeting, unsigned all) {
    const unsigned round = meeting.round;
    if (++meeting.arrived == all) {
        meeting.arrived = 0;
        ++meeting.round;
    } else {
        while (meeting.round == round) yield();
    }
}

inline Warp &warp() { return warps[current / LANES]; }
inline void meet_warp() { meet(warp().meeting, LANES); }
inline void meet_block() { meet(block_meeting, static_cast<unsigned>(fibers.size())); }

// Runs `lanes` lanes of one block to their ends.
inline void run_block(unsigned block, unsigned lanes, const std::function<void()> &kernel) {
    block_index = {block, 0, 0};
    block_size = {lanes, 1, 1};
    body = &kernel;
    warps.assign((lanes + LANES - 1) / LANES, Warp{});
    block_meeting = Meeting{};
    if (fibers.size() != lanes) fibers = std::vector<Fiber>(lanes);
    for (Fiber &fiber : fibers) fiber.started = fiber.finished = false;
    for (unsigned alive = lanes; alive;) {
        alive = 0;
        for (current = 0; current < lanes; ++current) {
            Fiber &fiber = fibers[current];
            if (fiber.finished) continue;
            if (setjmp(back) == 0) {
                if (fiber.started) std::longjmp(fiber.here, 1);
                fiber.started = true;
                if (!fiber.stack) fiber.stack.reset(new char[STACK]);
                getcontext(&fiber.start);
                fiber.start.uc_stack.ss_sp = fiber.stack.get();
                fiber.start.uc_stack.ss_size = STACK;
                fiber.start.uc_link = nullptr;
                makecontext(&fiber.start, enter, 0);
                setcontext(&fiber.start);
            }
            alive += !fibers[current].finished;
        }
    }
}

}  // namespace host

#define threadIdx (host::Dim{host::current, 0, 0})
#define blockIdx (host::block_index)
#define blockDim (host::block_size)

using std::min;

inline void __syncthreads() { host::meet_block(); }
inline void __syncwarp(unsigned) { host::meet_warp(); }

inline unsigned __ballot_sync(unsigned, bool vote) {
    host::Warp &warp = host::warp();
    warp.values[host::current % host::LANES] = vote;
    host::meet_warp();
    unsigned votes = 0;
    for (unsigned lane = 0; lane < host::LANES; ++lane) votes |= warp.values[lane] << lane;
    host::meet_warp();
    return votes;
}

inline unsigned __shfl_sync(unsigned, unsigned value, unsigned from) {
    host::Warp &warp = host::warp();
    warp.values[host::current % host::LANES] = value;
    host::meet_warp();
    const unsigned got = warp.values[from];
    host::meet_warp();
    return got;
}

template <class T>
inline T atomicAdd(T *place, T more) {
    const T before = *place;
    *place += more;
    return before;
}

inline int __popc(unsigned mask) { return __builtin_popcount(mask); }
inline int __ffs(int mask) { return __builtin_ffs(mask); }
inline unsigned __umulhi(unsigned a, unsigned b) {
    return static_cast<unsigned>(static_cast<unsigned long long>(a) * b >> 32);
}
