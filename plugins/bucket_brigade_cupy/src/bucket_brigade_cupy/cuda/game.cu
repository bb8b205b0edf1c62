// Bucket Brigade on a GPU: whole games, one a lane, on integers only (rules.md).
//
// Read in this order: the macros that a kernel is compiled for; what a program is; random words; masks; what
// the strategies do; one night; what is counted; the kernel `play`; the kernels of the stepper.
//
// Words are computed where they are needed: every word has one fixed place (seed, game, night, slot), so no
// lane depends on another and none keeps a generator. A lane that has finished its game takes the next one
// of its block. Night 0 is played by the same code as all others, on which nobody acts: starting a game then
// costs a lane a night, and the warp nothing.
//
// The file includes nothing: it compiles with NVRTC, and as C++ on a host behind `host.h`.

// N, the number of agents.
#ifndef BB_AGENTS
#error "BB_AGENTS is not defined"
#endif
// Houses of the largest ring, in groups of four. A town's own ring may be smaller.
#ifndef BB_GROUPS
#error "BB_GROUPS is not defined"
#endif
// 1: fires spread before they burn out; 0: they never spread; 2: each town says which.
#ifndef BB_SPREAD
#error "BB_SPREAD is not defined"
#endif
// The kinds of strategies there may be, as a sum of 1 heuristic, 2 social, 4 tabular.
#ifndef BB_KINDS
#error "BB_KINDS is not defined"
#endif
// Lanes in a block.
#ifndef BB_THREADS
#error "BB_THREADS is not defined"
#endif
// Blocks that should fit on a multiprocessor at once: it bounds the registers.
#ifndef BB_BLOCKS
#define BB_BLOCKS 1
#endif

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

#define DEVICE static __device__ __forceinline__
#define MEMBER __device__ __forceinline__

constexpr u32 N = BB_AGENTS;
constexpr u32 TEAMS = (N + 3) / 4;           // groups of four agents, which share blocks of words
constexpr u32 GROUPS = BB_GROUPS;            // groups of four houses, likewise
constexpr u32 HOUSES = 4 * GROUPS;
constexpr u32 OWN = 4, SHARED = 5;           // counts of an agent, and of the town
constexpr u32 D = OWN * N + SHARED;
constexpr u32 PAIRS = D * (D + 1) / 2;
constexpr u32 PLANES = N < 2 ? 1 : N < 4 ? 2 : N < 8 ? 3 : N < 16 ? 4 : 5;
constexpr u32 WARP = 32, EVERYBODY = 0xFFFFFFFFu, WARPS = BB_THREADS / WARP;

enum Kind : u32 { HEURISTIC = 0, SOCIAL = 1, TABULAR = 2 };
constexpr bool MAY_BE_HEURISTIC = BB_KINDS & 1, MAY_BE_SOCIAL = BB_KINDS & 2, MAY_BE_TABULAR = BB_KINDS & 4;

enum Purpose : u32 { IGNITE, EXTINGUISH, WORK, AT_HOME, PICK, SIGNAL, STRAY, STRAY_HOUSE, STRAY_MODE, HABIT };

enum End : u32 { RUNNING = 0, TERMINATED = 1, TRUNCATED = 2 };

// ---------------------------------------------------------------------------------------------------------
// What a program is. The layouts are those of packing.py, which passes their sizes to be compared.

struct Town {
    u64 extinguish[N + 1];   // thresholds, by the number of workers
    u32 last[4];             // the largest word that lights a house with 0, 1, 2 burning neighbours; [3]: on night 0
    u32 possible[4];         // all bits set, or none if no word does
    u32 ring;                // the mask of all houses
    u32 houses;              // H
    u32 spreads;             // 1: before burn-out
    u32 until_no_fires;      // 1: ends once no house burns; 0: once all are safe or all are ruined
    u32 min_nights, max_nights;
    u8 homes[16];
    u8 steps[N][16];         // ring distance from each agent's home to each house
};

struct Policy {
    u64 chance[3];
    u64 table;               // tabular: where its thresholds start; social: which row of the social tables
    u32 kind, unused;
};

// A social table: by the number of burning houses and whether home burns, the threshold of working out of
// altruism with bit 63 set if work is intended, low half first; then the weights of a house, by ring distance
// from home, three if the house burns plus its burning neighbours, and agents located there last night.
constexpr u32 INTENT_WORDS = (HOUSES + 1) * 2 * 2;
constexpr u32 NEARNESS = 6 * (N + 1);
constexpr u32 SOCIAL_WORDS = INTENT_WORDS + (HOUSES / 2 + 1) * NEARNESS;

static_assert(sizeof(Town) == BB_TOWN_BYTES, "Town is not laid out as in packing.py");
static_assert(sizeof(Policy) == BB_POLICY_BYTES, "Policy is not laid out as in packing.py");
static_assert(SOCIAL_WORDS == BB_SOCIAL_WORDS, "social tables are not laid out as in packing.py");

// ---------------------------------------------------------------------------------------------------------
// Random words: Philox4x32-10 (J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers:
// as easy as 1, 2, 3", SC'11; constants as published with Random123).

// The keys of all rounds. They come as arguments, which instructions read in place: worked out here they would
// cost either registers or additions.
struct Keys {
    u32 round[10][2];
};

struct Block {
    u32 word[4];
};

// The words of one night of one game.
struct Luck {
    const Keys &keys;
    u32 night, game_low, game_high;

    MEMBER Block block(Purpose purpose, u32 group) const {
        u32 x0 = 4 * purpose + group, x1 = night, x2 = game_low, x3 = game_high;
#pragma unroll
        for (u32 r = 0; r < 10; ++r) {
            const u64 p0 = 0xD2511F53ull * x0, p1 = 0xCD9E8D57ull * x2;
            x0 = (u32)(p1 >> 32) ^ x1 ^ keys.round[r][0];
            x1 = (u32)p1;
            x2 = (u32)(p0 >> 32) ^ x3 ^ keys.round[r][1];
            x3 = (u32)p0;
        }
        return Block{{x0, x1, x2, x3}};
    }
};

DEVICE bool below(u32 word, u64 threshold) { return word < threshold; }

DEVICE u32 scaled(u32 word, u32 count) { return __umulhi(word, count); }

// ---------------------------------------------------------------------------------------------------------
// Houses as masks, and how many agents are where.

DEVICE u32 lowest(u32 mask) { return __ffs((int)mask) - 1; }

// Counts masks by house: plane p holds bit p of every house's count. No array is indexed at run time.
struct Crowd {
    u32 plane[PLANES];

    MEMBER void clear() {
#pragma unroll
        for (u32 p = 0; p < PLANES; ++p) plane[p] = 0;
    }

    MEMBER void add(u32 mask) {
#pragma unroll
        for (u32 p = 0; p < PLANES; ++p) {
            const u32 carry = plane[p] & mask;
            plane[p] ^= mask;
            mask = carry;
        }
    }

    MEMBER u32 at(u32 house) const {
        u32 count = 0;
#pragma unroll
        for (u32 p = 0; p < PLANES; ++p) count |= (plane[p] >> house & 1) << p;
        return count;
    }
};

// The houses whose lower, and whose upper neighbour is in `mask`; on a ring of two both are the same.
DEVICE u32 beside_lower(const Town &town, u32 mask) {
    return (mask << 1 | mask >> (town.houses - 1)) & town.ring;
}

DEVICE u32 beside_upper(const Town &town, u32 mask) {
    return (mask >> 1 | mask << (town.houses - 1)) & town.ring;
}

// The number of houses of agent `i` in a mask: house h is owned by agent h mod N.
DEVICE u32 owned(u32 mask, u32 i) {
    if (N >= HOUSES) return i < HOUSES ? mask >> i & 1 : 0;
    u32 own = 0;
#pragma unroll
    for (u32 h = 0; h < HOUSES; ++h) own |= h % N == i ? 1u << h : 0;
    return __popc(mask & own);
}

// ---------------------------------------------------------------------------------------------------------
// What the strategies do (rules.md, section 6). A decision is handed to `act(agent, house, work, signal)`,
// agents in ascending order. Whole games have no use for signals and leave their words alone; a stepper
// (STEPS) shows them, and may have seats that are played from outside.

// What an agent remembers of the night before: house and mode of everybody.
struct Memory {
    u32 houses[(N + 7) / 8];   // four bits an agent
    u32 worked;                // one bit an agent

    MEMBER void clear() {
#pragma unroll
        for (u32 k = 0; k < (N + 7) / 8; ++k) houses[k] = 0;
        worked = 0;
    }

    MEMBER void set(u32 i, u32 house, u32 work) {
        houses[i / 8] |= house << 4 * (i % 8);
        worked |= work << i;
    }

    MEMBER u32 house(u32 i) const { return houses[i / 8] >> 4 * (i % 8) & 15; }
    MEMBER u32 work(u32 i) const { return worked >> i & 1; }
};

// Who sits where: policy of seat i at seats[index(i)].
struct Team {
    const Policy *policies;
    const u32 *seats;          // or null if seat i has policy i
    const u32 *social;
    const u64 *tables;

    MEMBER const Policy &policy(u32 i) const { return policies[seats ? seats[i] : i]; }
};

struct View {
    const Town &town;
    u32 burning, ruined;
    const Memory &last;
};

// What draws a social agent to a house but for the distance from home, a byte a house: the place in the
// weights, 3 (N+1) for a fire, N+1 for each burning neighbour, and the agents located there last night.
struct Attractions {
    u32 bytes[GROUPS];

    MEMBER void look(const View &view, u32 night) {
        Crowd located;
        located.clear();
        if (night > 1) {
#pragma unroll
            for (u32 i = 0; i < N; ++i) located.add(1u << view.last.house(i));
        }
        const u32 lower = beside_lower(view.town, view.burning), upper = beside_upper(view.town, view.burning);
#pragma unroll
        for (u32 g = 0; g < GROUPS; ++g) {
            bytes[g] = 0;
#pragma unroll
            for (u32 j = 0; j < 4; ++j) {
                const u32 h = 4 * g + j;
                const u32 fires = 3 * (view.burning >> h & 1) + (lower >> h & 1) + (upper >> h & 1);
                bytes[g] |= (fires * (N + 1) + located.at(h)) << 8 * j;
            }
        }
    }

    MEMBER u32 of(u32 h) const { return bytes[h / 4] >> 8 * (h % 4) & 255; }
};

DEVICE u32 attracted_to(const u32 *weights, const Town &town, const Attractions &attractions, u32 agent, u32 pick) {
    u32 weight[HOUSES];
    u32 total = 0;
#pragma unroll
    for (u32 h = 0; h < HOUSES; ++h) {
        weight[h] = h < town.houses ? weights[town.steps[agent][h] * NEARNESS + attractions.of(h)] : 0;
        total += weight[h];
    }
    // The running total rises and ends above the target, so the houses not above it come first.
    const u32 target = scaled(pick, total);
    u32 running = 0, chosen = 0;
#pragma unroll
    for (u32 h = 0; h < HOUSES; ++h) {
        running += weight[h];
        chosen += running <= target;
    }
    return chosen;
}

// The number whose ternary digit h, least significant first, is the state of house h.
DEVICE u32 table_row(u32 burning, u32 ruined) {
    u32 row = 0, power = 1;
#pragma unroll
    for (u32 h = 0; h < HOUSES; ++h) {
        row += ((burning >> h & 1) + 2 * (ruined >> h & 1)) * power;
        power *= 3;
    }
    return row;
}

// The first of `actions` rising thresholds that exceeds a word; the last one always does.
DEVICE u32 first_above(const u64 *thresholds, u32 actions, u32 word) {
    u32 low = 0, high = actions - 1;
    while (low < high) {
        const u32 middle = (low + high) / 2;
        if (thresholds[middle] <= word) low = middle + 1;
        else high = middle;
    }
    return low;
}

// One bit for each of four agents: whether their word of a purpose is below a threshold of social ones.
DEVICE u32 chances(const Team &team, const Luck &luck, Purpose purpose, u32 group, u32 which) {
    bool wanted = false;
#pragma unroll
    for (u32 j = 0; j < 4; ++j) {
        if (4 * group + j >= N) break;
        const Policy &policy = team.policy(4 * group + j);
        wanted |= policy.kind == SOCIAL && policy.chance[which] != 0;
    }
    if (!wanted) return 0;
    const Block block = luck.block(purpose, group);
    u32 bits = 0;
#pragma unroll
    for (u32 j = 0; j < 4; ++j) {
        if (4 * group + j >= N) break;
        bits |= (u32)below(block.word[j], team.policy(4 * group + j).chance[which]) << j;
    }
    return bits;
}

template <bool STEPS, class Act>
DEVICE void decide(const Team &team, const View &view, const Luck &luck, Act &act) {
    const Town &town = view.town;
    const u32 fires = __popc(view.burning);
    const bool a_choice = fires > 1;
    Attractions attractions;
    if (MAY_BE_SOCIAL) attractions.look(view, luck.night);
    const u32 state = MAY_BE_TABULAR ? table_row(view.burning, view.ruined) : 0;

#pragma unroll
    for (u32 g = 0; g < TEAMS; ++g) {
        u32 house[4];
        u32 works = 0, signals = 0;
        bool some_heuristic = !MAY_BE_SOCIAL && !MAY_BE_TABULAR, some_social = false;
        if (MAY_BE_SOCIAL || MAY_BE_TABULAR) {
#pragma unroll
            for (u32 j = 0; j < 4; ++j) {
                if (4 * g + j >= N) break;
                const u32 kind = team.policy(4 * g + j).kind;
                some_heuristic |= kind == HEURISTIC;
                some_social |= kind == SOCIAL;
            }
        }
        const Block work = luck.block(WORK, g);
        Block pick = {}, signal = {};
        if ((MAY_BE_SOCIAL && some_social) || (some_heuristic && a_choice)) pick = luck.block(PICK, g);
        if (STEPS || (MAY_BE_SOCIAL && some_social)) signal = luck.block(SIGNAL, g);

        if (MAY_BE_HEURISTIC) {
            // With one fire there is only one place to go, with none only home.
#pragma unroll
            for (u32 j = 0; j < 4; ++j) house[j] = lowest(view.burning);
            if (some_heuristic && a_choice) {
                u32 rest = view.burning;
                for (u32 rank = 0; rank < fires; ++rank) {
                    const u32 here = lowest(rest);
                    rest &= rest - 1;
#pragma unroll
                    for (u32 j = 0; j < 4; ++j) house[j] = scaled(pick.word[j], fires) == rank ? here : house[j];
                }
                const Block at_home = luck.block(AT_HOME, g);
#pragma unroll
                for (u32 j = 0; j < 4; ++j) {
                    const u32 i = 4 * g + j;
                    if (i >= N) break;
                    const u32 home = town.homes[i];
                    const bool first = below(at_home.word[j], team.policy(i).chance[1]);
                    house[j] = first && (view.burning >> home & 1) ? home : house[j];
                }
            }
        }
        u32 habits = 0, strays = 0;
        Block stray_house = {}, stray_mode = {};
        if (MAY_BE_SOCIAL && some_social) {
            if (luck.night > 1) habits = chances(team, luck, HABIT, g, 2);
            strays = chances(team, luck, STRAY, g, 1);
            if (strays) {
                stray_house = luck.block(STRAY_HOUSE, g);
                stray_mode = luck.block(STRAY_MODE, g);
            }
        }
#pragma unroll
        for (u32 j = 0; j < 4; ++j) {
            const u32 i = 4 * g + j;
            if (i >= N) break;
            const Policy &policy = team.policy(i);
            const u32 home = town.homes[i];
            u32 works_now = 0, signals_now = 0;
            if (MAY_BE_HEURISTIC && ((BB_KINDS == 1 && !STEPS) || policy.kind == HEURISTIC)) {
                works_now = below(work.word[j], policy.chance[0]);
                house[j] = works_now && fires ? house[j] : home;
                if (STEPS) signals_now = works_now == (u32)below(signal.word[j], policy.chance[2]);
            } else if (MAY_BE_SOCIAL && policy.kind == SOCIAL) {
                const u32 *table = team.social + policy.table * SOCIAL_WORDS;
                const u32 *pair = table + 4 * fires + 2 * (view.burning >> home & 1);
                const u64 altruistic = (u64)(pair[1] & 1) << 32 | pair[0];
                const u32 honest = below(signal.word[j], policy.chance[0]);
                signals_now = pair[1] >> 31 == honest;
                works_now = below(work.word[j], signals_now ? policy.chance[0] : altruistic);
                house[j] = attracted_to(table + INTENT_WORDS, town, attractions, i, pick.word[j]);
                if (strays >> j & 1) {
                    house[j] = scaled(stray_house.word[j], town.houses);
                    works_now = stray_mode.word[j] >> 31;
                }
                if (habits >> j & 1) {
                    house[j] = view.last.house(i);
                    works_now = view.last.work(i);
                }
            } else if (MAY_BE_TABULAR && policy.kind == TABULAR) {
                const u64 *row = team.tables + policy.table + (u64)state * (2 * town.houses);
                const u32 action = first_above(row, 2 * town.houses, work.word[j]);
                house[j] = action / 2;
                works_now = signals_now = action % 2;
            } else {
                house[j] = 0;   // A seat that is played from outside.
            }
            works |= works_now << j;
            signals |= signals_now << j;
        }
#pragma unroll
        for (u32 j = 0; j < 4; ++j) {
            if (4 * g + j < N) act(4 * g + j, house[j], works >> j & 1, signals >> j & 1);
        }
    }
}

// ---------------------------------------------------------------------------------------------------------
// One night (rules.md, sections 4 and 5).

// The houses that still burn after the night's work.
DEVICE u32 extinguish(const Town &town, u32 burning, const Crowd &crowd, const Luck &luck) {
    u32 left = burning, pending = burning;
    while (pending) {
        const u32 group = lowest(pending) / 4;
        const Block block = luck.block(EXTINGUISH, group);
#pragma unroll
        for (u32 j = 0; j < 4; ++j) {
            const u32 house = 4 * group + j;
            left &= ~((u32)below(block.word[j], town.extinguish[crowd.at(house)]) << house);
        }
        pending &= ~(15u << 4 * group);
    }
    return left;
}

// The houses of `open`, neither ruined nor in flames, that catch fire, `left` being the fires left burning.
DEVICE u32 ignite(const Town &town, u32 open, u32 left, const Luck &luck) {
    const bool start = luck.night == 0;
    const u32 alone = start ? town.last[3] : town.last[0];
    const u32 possible = start ? town.possible[3] : town.possible[0];
    u32 one = 0, two = 0;
    if (BB_SPREAD == 1 || (BB_SPREAD == 2 && town.spreads)) {
        const u32 lower = beside_lower(town, left), upper = beside_upper(town, left);
        one = lower ^ upper;
        two = lower & upper;
    }
    u32 caught = 0;
#pragma unroll
    for (u32 g = 0; g < GROUPS; ++g) {
        if (!(open >> 4 * g & 15)) continue;
        const Block block = luck.block(IGNITE, g);
#pragma unroll
        for (u32 j = 0; j < 4; ++j) {
            const u32 h = 4 * g + j;
            u32 last = alone;
            if (BB_SPREAD) last = two >> h & 1 ? town.last[2] : one >> h & 1 ? town.last[1] : last;
            caught |= (u32)(block.word[j] <= last) << h;
        }
    }
    if (!BB_SPREAD) return caught & possible & open;
    const u32 chance = (possible & ~(one | two)) | (town.possible[1] & one) | (town.possible[2] & two);
    return caught & chance & open;
}

DEVICE u32 ending(const Town &town, u32 night, u32 burning, u32 ruined) {
    const bool over = town.until_no_fires ? burning == 0 : (burning | ruined) == 0 || ruined == town.ring;
    return over && night >= town.min_nights ? TERMINATED : night >= town.max_nights ? TRUNCATED : RUNNING;
}

// ---------------------------------------------------------------------------------------------------------
// What is counted (rules.md, section 7): while a game is played, in registers.

constexpr u32 WORKED = 1u << 17;   // above the distance: at most 8 steps on each of 10,000 nights

// In a team of three or more nobody owns more than six houses: two counts of at most 60,000 share a register.
constexpr bool SHORT = N >= 3;

struct Tally {
    u32 worked_distance[N];
    u32 saves[N];                  // own houses saved; own ruined ones above if SHORT
    u32 ruins[SHORT ? 1 : N];
    u32 burned;                    // burning houses, over all nights' ends

    MEMBER void clear() {
#pragma unroll
        for (u32 i = 0; i < N; ++i) worked_distance[i] = saves[i] = ruins[SHORT ? 0 : i] = 0;
        burned = 0;
    }

    MEMBER void add(u32 saved, u32 ruined) {
#pragma unroll
        for (u32 i = 0; i < N; ++i) {
            saves[i] += owned(saved, i) + (SHORT ? owned(ruined, i) << 16 : 0);
            if (!SHORT) ruins[SHORT ? 0 : i] += owned(ruined, i);
        }
    }

    // Writes the D counts of a game through `put(column, count)`.
    template <class Put>
    MEMBER void write(const Town &town, u32 nights, u32 end, Put &put) const {
        u32 ruined = 0, saved = 0;
#pragma unroll
        for (u32 i = 0; i < N; ++i) {
            put(OWN * i + 0, worked_distance[i] / WORKED);
            put(OWN * i + 1, worked_distance[i] % WORKED);
            const u32 own_saves = SHORT ? saves[i] & 0xFFFF : saves[i];
            const u32 own_ruined = SHORT ? saves[i] >> 16 : ruins[SHORT ? 0 : i];
            put(OWN * i + 2, own_saves);
            put(OWN * i + 3, own_ruined);
            saved += own_saves;
            ruined += own_ruined;
        }
        put(OWN * N + 0, nights);
        put(OWN * N + 1, nights * town.houses - ruined - burned);
        put(OWN * N + 2, ruined);
        put(OWN * N + 3, saved);
        put(OWN * N + 4, (u32)(end == TERMINATED));
    }
};

// ---------------------------------------------------------------------------------------------------------
// Whole games.

// The sums, products and counts of a block's entry; null where they are not wanted.
struct Totals {
    u64 *sums;       // (D,)
    u64 *products;   // (PAIRS,) the rows of the upper triangle, one after the other; modulo 2^64
    int *kept;       // (G, D)
};

struct Play {
    Keys keys;
    const Town *towns;
    const Policy *policies;
    const u32 *social;
    const u64 *tables;
    const u32 *town;    // (E,) the town of each entry
    const u32 *seats;   // (E, N) the policy on each seat of each entry
    const u64 *first;   // (E,) the number of each entry's first game
    u64 *sums;          // (E, D)
    u64 *products;      // (E, PAIRS) or null
    int *kept;          // (E, games, D) or null
    u32 games;          // of each entry, in this launch
    u32 share;          // games of a block
    u32 blocks;         // of an entry
};

static_assert(sizeof(Play) == BB_PLAY_BYTES, "Play is not laid out as in rollout.py");

// Finished games of a warp, by column, until they are added up; padded against bank conflicts.
struct Rows {
    u32 column[D][WARP + 1];
    u32 game[WARP];
};

// Adds up finished games and empties the rows. All lanes of a warp work on it together.
DEVICE void settle(const Rows &rows, u32 count, u32 lane, const Totals &totals) {
    __syncwarp(EVERYBODY);
#pragma unroll 1
    for (u32 c = lane; c < D; c += WARP) {
        u64 sum = 0;
#pragma unroll 1
        for (u32 r = 0; r < count; ++r) sum += rows.column[c][r];
        atomicAdd(totals.sums + c, sum);
    }
    if (totals.products) {
        // The pair (i, i + past) is the lane's next of the upper triangle.
        u32 i = 0, past = lane;
#pragma unroll 1
        for (u32 pair = lane; pair < PAIRS; pair += WARP, past += WARP) {
            while (past >= D - i) past -= D - i++;
            const u32 *one = rows.column[i], *other = rows.column[i + past];
            u64 sum = 0;
#pragma unroll 4
            for (u32 r = 0; r < count; ++r) sum += (u64)one[r] * other[r];
            atomicAdd(totals.products + pair, sum);
        }
    }
    if (totals.kept) {
#pragma unroll 1
        for (u32 r = 0; r < count; ++r) {
#pragma unroll 1
            for (u32 c = lane; c < D; c += WARP) totals.kept[(u64)rows.game[r] * D + c] = (int)rows.column[c][r];
        }
    }
    __syncwarp(EVERYBODY);
}

// Takes an agent's decision into the night's work and the game's tally.
struct Working {
    const Town &town;
    bool awake;        // nobody acts on night 0
    Crowd &crowd;
    Tally &tally;
    Memory &next;

    MEMBER void operator()(u32 i, u32 house, u32 work, u32) {
        work = awake ? work : 0;
        crowd.add(work << house);
        tally.worked_distance[i] += work ? WORKED + town.steps[i][house] : 0;
        if (MAY_BE_SOCIAL) next.set(i, house, work);
    }
};

struct PutRow {
    Rows &rows;
    u32 slot;

    MEMBER void operator()(u32 column, u32 count) { rows.column[column][slot] = count; }
};

// Copies a social table for each seat to shared memory where that is not too much.
constexpr bool COPY_SOCIAL = MAY_BE_SOCIAL && N * SOCIAL_WORDS * 4 + WARPS * sizeof(Rows) < 46000;

extern "C" __global__ void __launch_bounds__(BB_THREADS, BB_BLOCKS) play(const Play asked) {
    __shared__ Town town;
    __shared__ Policy policies[N];
    __shared__ u32 social[COPY_SOCIAL ? N * SOCIAL_WORDS : 1];
    __shared__ Rows all_rows[WARPS];
    __shared__ u32 taken;

    const u32 entry = blockIdx.x / asked.blocks, share = blockIdx.x % asked.blocks;
    const u32 begin = share * asked.share;
    const u32 mine = min(asked.share, asked.games - begin);
    const u32 lane = threadIdx.x % WARP;
    Rows &rows = all_rows[threadIdx.x / WARP];

    // The entry, once for all lanes of the block.
    const u32 *source = (const u32 *)(asked.towns + asked.town[entry]);
    for (u32 k = threadIdx.x; k < sizeof(Town) / 4; k += BB_THREADS) ((u32 *)&town)[k] = source[k];
    for (u32 i = threadIdx.x; i < N; i += BB_THREADS) {
        policies[i] = asked.policies[asked.seats[entry * N + i]];
    }
    if (threadIdx.x == 0) taken = 0;
    __syncthreads();
    if (COPY_SOCIAL) {
        for (u32 i = 0; i < N; ++i) {
            if (policies[i].kind != SOCIAL) continue;
            const u32 *table = asked.social + policies[i].table * SOCIAL_WORDS;
            for (u32 k = threadIdx.x; k < SOCIAL_WORDS; k += BB_THREADS) social[i * SOCIAL_WORDS + k] = table[k];
        }
        __syncthreads();
        for (u32 i = threadIdx.x; i < N; i += BB_THREADS) {
            if (policies[i].kind == SOCIAL) policies[i].table = i;
        }
        __syncthreads();
    }
    const Team team = {policies, nullptr, COPY_SOCIAL ? social : asked.social, asked.tables};
    const u64 first = asked.first[entry] + begin;
    const Totals totals = {
        asked.sums + (u64)entry * D,
        asked.products ? asked.products + (u64)entry * PAIRS : nullptr,
        asked.kept ? asked.kept + ((u64)entry * asked.games + begin) * D : nullptr,
    };

    bool playing = false, some_left = true;
    u32 game = 0, night = 0, burning = 0, ruined = 0, collected = 0;
    Memory last;
    Tally tally;
    last.clear();
    tally.clear();
    for (;;) {
        // Lanes without a game take the next ones.
        const u32 idle = __ballot_sync(EVERYBODY, !playing);
        if (idle && some_left) {
            u32 next = 0;
            if (lane == 0) next = atomicAdd(&taken, (u32)__popc(idle));
            next = __shfl_sync(EVERYBODY, next, 0);
            some_left = next < mine;
            if (!playing) {
                game = next + __popc(idle & ((1u << lane) - 1));
                playing = game < mine;
                night = burning = ruined = 0;
                last.clear();
                tally.clear();
            }
        }
        const bool over = !__ballot_sync(EVERYBODY, playing);
        u32 end = RUNNING;
        if (playing) {
            const u64 number = first + game;
            const Luck luck = {asked.keys, night, (u32)number, (u32)(number >> 32)};
            Crowd crowd;
            crowd.clear();
            Memory next;
            next.clear();
            Working working = {town, night > 0, crowd, tally, next};
            decide<false>(team, View{town, burning, ruined, last}, luck, working);
            if (MAY_BE_SOCIAL) last = next;

            const u32 left = extinguish(town, burning, crowd, luck);
            ruined |= left;
            const u32 caught = ignite(town, town.ring & ~ruined, left, luck);
            const u32 saved = burning & ~left & ~caught;
            burning = caught;
            tally.add(saved, ruined);
            tally.burned += night ? __popc(burning) : 0;
            // The shortest game ends on night 1, so this says "running" on night 0.
            end = ending(town, night, burning, ruined);
            if (end == RUNNING) ++night;
        }

        const u32 done = __ballot_sync(EVERYBODY, end != RUNNING);
        if (over || collected + __popc(done) > WARP) {
            settle(rows, collected, lane, totals);
            collected = 0;
        }
        if (over) break;
        if (done) {
            if (end != RUNNING) {
                const u32 slot = collected + __popc(done & ((1u << lane) - 1));
                PutRow put = {rows, slot};
                tally.write(town, night, end, put);
                rows.game[slot] = game;
                playing = false;
            }
            collected += __popc(done);
        }
    }
}

// ---------------------------------------------------------------------------------------------------------
// Night by night, a lane a game, for seats that are played from outside. Finished games stay as they ended.

struct Steps {
    Keys keys;
    const Town *towns;
    const Policy *policies;
    const u32 *social;
    const u64 *tables;
    const u32 *town;         // (E,)
    const u32 *seats;        // (E, N)
    const u32 *entries;      // (G,) the entry of each game
    const u64 *games;        // (G,) its number
    u32 *nights;             // (G,) nights played
    u8 *houses;              // (G, H)
    u8 *last;                // (G, N, 3) the actions of the night before
    u8 *finished;            // (G,) an End
    int *counts;             // (D, G): neighbouring lanes write neighbouring words
    u8 *actions;             // (G, N, 3)
    u32 *bad;                // set to 1 by `inspect` if some action is not allowed
    u32 count;               // G
    u32 unused;
};

static_assert(sizeof(Steps) == BB_STEPS_BYTES, "Steps is not laid out as in stepper.py");

// The game of this lane.
struct Seat {
    const Town &town;
    u32 g, burning, ruined;

    MEMBER Seat(const Steps &steps, u32 game) : town(steps.towns[steps.town[steps.entries[game]]]), g(game) {
        burning = ruined = 0;
        for (u32 h = 0; h < town.houses; ++h) {
            const u32 state = steps.houses[(u64)g * town.houses + h];
            burning |= (state & 1) << h;
            ruined |= (state >> 1 & 1) << h;
        }
    }

    MEMBER Luck luck(const Steps &steps, u32 night) const {
        const u64 number = steps.games[g];
        return Luck{steps.keys, night, (u32)number, (u32)(number >> 32)};
    }

    MEMBER void show(const Steps &steps) const {
        for (u32 h = 0; h < town.houses; ++h) {
            steps.houses[(u64)g * town.houses + h] = (u8)((burning >> h & 1) | (ruined >> h & 1) << 1);
        }
    }
};

struct WriteAction {
    u8 *actions;

    MEMBER void operator()(u32 i, u32 house, u32 work, u32 signal) {
        actions[3 * i + 0] = (u8)house;
        actions[3 * i + 1] = (u8)work;
        actions[3 * i + 2] = (u8)signal;
    }
};

// Night 0 of every game; all arrays start as zeros.
extern "C" __global__ void __launch_bounds__(BB_THREADS) begin(const Steps steps) {
    const u32 g = blockIdx.x * BB_THREADS + threadIdx.x;
    if (g >= steps.count) return;
    Seat seat(steps, g);
    seat.burning = ignite(seat.town, seat.town.ring, 0, seat.luck(steps, 0));
    seat.show(steps);
}

// What the native strategies do tonight; zeros on external seats and in finished games.
extern "C" __global__ void __launch_bounds__(BB_THREADS) choose(const Steps steps) {
    const u32 g = blockIdx.x * BB_THREADS + threadIdx.x;
    if (g >= steps.count) return;
    WriteAction write = {steps.actions + (u64)g * 3 * N};
    if (steps.finished[g] != RUNNING) {
        for (u32 i = 0; i < N; ++i) write(i, 0, 0, 0);
        return;
    }
    const Seat seat(steps, g);
    Memory last;
    last.clear();
    const u8 *before = steps.last + (u64)g * 3 * N;
#pragma unroll
    for (u32 i = 0; i < N; ++i) last.set(i, before[3 * i], before[3 * i + 1]);
    const Team team = {steps.policies, steps.seats + (u64)steps.entries[g] * N, steps.social, steps.tables};
    decide<true>(team, View{seat.town, seat.burning, seat.ruined, last}, seat.luck(steps, steps.nights[g] + 1), write);
}

// Whether some action of a running game is not allowed.
extern "C" __global__ void __launch_bounds__(BB_THREADS) inspect(const Steps steps) {
    const u32 g = blockIdx.x * BB_THREADS + threadIdx.x;
    if (g >= steps.count || steps.finished[g] != RUNNING) return;
    const u32 houses = steps.towns[steps.town[steps.entries[g]]].houses;
    const u8 *actions = steps.actions + (u64)g * 3 * N;
    bool bad = false;
    for (u32 i = 0; i < N; ++i) bad |= actions[3 * i] >= houses || actions[3 * i + 1] > 1 || actions[3 * i + 2] > 1;
    if (bad) *steps.bad = 1;
}

// Plays one night of every running game. Actions that are not allowed play some night, and no other memory.
extern "C" __global__ void __launch_bounds__(BB_THREADS) apply(const Steps steps) {
    const u32 g = blockIdx.x * BB_THREADS + threadIdx.x;
    if (g >= steps.count || steps.finished[g] != RUNNING) return;
    Seat seat(steps, g);
    const Town &town = seat.town;
    const u32 night = steps.nights[g] + 1;
    const Luck luck = seat.luck(steps, night);
    int *counts = steps.counts + g;
    const u8 *actions = steps.actions + (u64)g * 3 * N;
    u8 *last = steps.last + (u64)g * 3 * N;
    Crowd crowd;
    crowd.clear();
#pragma unroll
    for (u32 i = 0; i < N; ++i) {
        const u32 house = actions[3 * i] & 15, work = actions[3 * i + 1] & 1;
        crowd.add(work << house);
        counts[(u64)(OWN * i + 0) * steps.count] += (int)work;
        counts[(u64)(OWN * i + 1) * steps.count] += work ? town.steps[i][house] : 0;
#pragma unroll
        for (u32 part = 0; part < 3; ++part) last[3 * i + part] = actions[3 * i + part];
    }
    const u32 left = extinguish(town, seat.burning, crowd, luck);
    seat.ruined |= left;
    const u32 caught = ignite(town, town.ring & ~seat.ruined, left, luck);
    const u32 saved = seat.burning & ~left & ~caught;
    seat.burning = caught;
    seat.show(steps);
#pragma unroll
    for (u32 i = 0; i < N; ++i) {
        counts[(u64)(OWN * i + 2) * steps.count] += (int)owned(saved, i);
        counts[(u64)(OWN * i + 3) * steps.count] += (int)owned(seat.ruined, i);
    }
    const u32 end = ending(town, night, seat.burning, seat.ruined);
    steps.nights[g] = night;
    steps.finished[g] = (u8)end;
    int *shared = counts + (u64)OWN * N * steps.count;
    shared[0] = (int)night;
    shared[(u64)1 * steps.count] += __popc(town.ring & ~(seat.burning | seat.ruined));
    shared[(u64)2 * steps.count] += __popc(seat.ruined);
    shared[(u64)3 * steps.count] += __popc(saved);
    shared[(u64)4 * steps.count] = end == TERMINATED;
}
