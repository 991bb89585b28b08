//! The headers that `c_abi!` fills with the names of a declared model.

/// The header for C.
pub const TEMPLATE: &str = "\
/* An agent that acts under a declared model. Written by c_abi!, not by hand. */
#ifndef PREFIX_H
#define PREFIX_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern \"C\" {
#endif

/* What functions give back. */
enum {
    PREFIX_OK = 0,
    PREFIX_NULL = -1,    /* a pointer is null, or not aligned */
    PREFIX_SIZE = -2,    /* an array has another length than it should */
    PREFIX_RANGE = -3,   /* a code is beyond the last */
    PREFIX_MODEL = -4,   /* the parameters make no model, whatever the options */
    PREFIX_SAVE = -5,    /* the bytes are no save of this model */
    PREFIX_FAILURE = -6, /* something else; the agent is not to be used any more */
    PREFIX_WEIGHTS = -7, /* weights are negative, not finite or all zero, or a measured number is not finite; the agent is as before */
    PREFIX_OPTIONS = -8, /* options are not what they should be, do not fit the model, or ask for what it does not have: goals, counts to learn */
    PREFIX_OPEN = -9,    /* no action is open; the agent is as before */
    PREFIX_REFUSED = -10 /* what was told is not possible for this agent; it is as before */
};

/* What was wrong with the last call of this thread that failed with PREFIX_MODEL, _SAVE, _OPTIONS or _REFUSED, in words that end in zero, as much as there is
   room for; how many bytes it has, the zero not counted. */
size_t prefix_error(char *buffer, size_t capacity);

typedef struct prefix_agent prefix_agent;

/* How many modalities and actions there are, outcomes of a modality (0: it measures a number), values of an action (PREFIX_RANGE beyond the last). */
size_t prefix_modalities(void);
size_t prefix_actions(void);
int32_t prefix_outcomes(size_t modality);
int32_t prefix_values(size_t action);

/* How many factors there are, states of a factor (PREFIX_RANGE beyond the last), and joint actions: one value of each action, the last running fastest. */
size_t prefix_factors(void);
int32_t prefix_states(size_t factor);
size_t prefix_joint_actions(void);

/* Creates an agent; one seed gives one behaviour, and one agent is used by one thread at a time. Agents of the same parameters and options share their
   tables as long as one of them lives. PARAMETERS */
int32_t prefix_create(const double *parameters, size_t count, uint64_t seed, prefix_agent **agent);

/* The same with options, as JSON: {\"horizon\": 3, \"selection\": \"Deterministic\", \"induction\": {\"depth\": 80}, \"learning\": {}}, say. What is not named is as by
   default; null: all. */
int32_t prefix_create_with(const double *parameters, size_t count, uint64_t seed, const char *options, prefix_agent **agent);

/* Goes back to the initial state; what was learned stays, and chance goes on. */
int32_t prefix_reset(prefix_agent *agent);

/* One step: an outcome of each modality comes in (-1: nothing is known), a value of each action goes out. */
int32_t prefix_step(prefix_agent *agent, const int32_t *outcomes, size_t outcome_count, int32_t *actions, size_t action_count);

/* The same with readings: where a modality's code is -2, how probable what was read of it is where each of its outcomes is, in any common unit, stands
   among the weights: as many as all modalities have outcomes, one modality after the other. Those of other modalities are not looked at. Of a
   modality that is measured, one number stands there instead: what was measured. */
int32_t prefix_step_weighed(prefix_agent *agent, const int32_t *outcomes, size_t outcome_count, const double *weights, size_t weight_count,
                            int32_t *actions, size_t action_count);

/* One step among the joint actions that are open, within a budget. Of open there is a byte for each joint action, zero for one that cannot be taken now; null:
   all can. At most so many predicted beliefs are looked at (nodes; 0: as the options say); depth is how many steps ahead were looked at to the end, where there
   is a budget; it may be null. */
int32_t prefix_step_within(prefix_agent *agent, const int32_t *outcomes, size_t outcome_count, const uint8_t *open, size_t open_count, uint64_t nodes,
                           int32_t *actions, size_t action_count, int32_t *depth);

/* The parts of a step: perceives without acting (a second look replaces the first), and moves on under what was carried out, whoever chose it. */
int32_t prefix_perceive(prefix_agent *agent, const int32_t *outcomes, size_t outcome_count);
int32_t prefix_act(prefix_agent *agent, const int32_t *actions, size_t action_count);

/* Another action was carried out than was chosen in the last step. */
int32_t prefix_correct(prefix_agent *agent, const int32_t *actions, size_t action_count);

/* Learns what is left to learn of the block so far; who was not told to learn by its options does nothing. */
int32_t prefix_end_block(prefix_agent *agent);

/* How probable each state of a factor is believed to be: as many numbers as it has states. */
int32_t prefix_belief(prefix_agent *agent, size_t factor, double *probabilities, size_t count);

/* What speaks for each joint action now, 8 numbers each: probability, utility, information gain about states, information gain about likelihoods, inductive
   value, information gain about transitions, what later steps add, habit. */
int32_t prefix_explain(prefix_agent *agent, double *numbers, size_t count);

/* Preferences over the outcomes of a modality, in nats; the model's again. */
int32_t prefix_preferences(prefix_agent *agent, size_t modality, double *preferences, size_t count);
int32_t prefix_set_preferences(prefix_agent *agent, size_t modality, const double *preferences, size_t count);
int32_t prefix_clear_preferences(prefix_agent *agent);

/* Wanted states, which plans are made back from: a byte for each state of all factors, one factor after the other, zero for one that is not wanted; the
   model's again. */
int32_t prefix_set_goals(prefix_agent *agent, const uint8_t *wanted, size_t count);
int32_t prefix_clear_goals(prefix_agent *agent);

/* Policy precision, action precision, lapse. */
int32_t prefix_set_precisions(prefix_agent *agent, double policy, double action, double lapse);

/* Saves all that an agent carries, its chance included. A null buffer asks for the length only; one that is too short is not written to. */
int32_t prefix_save(prefix_agent *agent, uint8_t *buffer, size_t capacity, size_t *length);

/* Goes on from a save of an agent with the same parameters, which are not saved. Tables, and what leads to goals, are shared
   as with one that was created; after an error the agent is as before. */
int32_t prefix_load(prefix_agent *agent, const uint8_t *buffer, size_t length);

/* Frees an agent; null is left alone. */
void prefix_free(prefix_agent *agent);

#ifdef __cplusplus
}
#endif

#endif
";

/// The header for C++, over it.
pub const CPP_TEMPLATE: &str = "\
// An agent that acts under a declared model, for C++11 and later: freed with its owner, moved, not copied. Written by c_abi!, not by hand.
#ifndef PREFIX_HPP
#define PREFIX_HPP

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include \"prefix.h\"

namespace prefix {

// What was wrong with the last call of this thread that failed with words.
inline std::string error() {
    std::vector<char> words(prefix_error(nullptr, 0) + 1);
    prefix_error(words.data(), words.size());
    return std::string(words.data());
}

// Functions give back a code of prefix.h, PREFIX_OK where all is well. No exception is thrown but for want of memory.
class Agent {
    struct Free {
        void operator()(prefix_agent *agent) const noexcept { prefix_free(agent); }
    };
    std::unique_ptr<prefix_agent, Free> own;

public:
    // Nobody: every call gives back PREFIX_NULL until one is created.
    Agent() = default;

    int32_t create(const std::vector<double> &parameters, uint64_t seed, const char *options = nullptr) {
        prefix_agent *agent = nullptr;
        const int32_t code = prefix_create_with(parameters.data(), parameters.size(), seed, options, &agent);
        own.reset(agent);
        return code;
    }

    explicit operator bool() const noexcept { return static_cast<bool>(own); }
    prefix_agent *get() const noexcept { return own.get(); }

    int32_t reset() { return prefix_reset(get()); }

    int32_t step(const std::vector<int32_t> &outcomes, std::vector<int32_t> &actions) {
        actions.resize(prefix_actions());
        return prefix_step(get(), outcomes.data(), outcomes.size(), actions.data(), actions.size());
    }

    int32_t step_weighed(const std::vector<int32_t> &outcomes, const std::vector<double> &weights, std::vector<int32_t> &actions) {
        actions.resize(prefix_actions());
        return prefix_step_weighed(get(), outcomes.data(), outcomes.size(), weights.data(), weights.size(), actions.data(), actions.size());
    }

    // An empty list of what is open: all is. No nodes: as the options say.
    int32_t step_within(const std::vector<int32_t> &outcomes, const std::vector<uint8_t> &open, uint64_t nodes, std::vector<int32_t> &actions,
                        int32_t *depth = nullptr) {
        actions.resize(prefix_actions());
        return prefix_step_within(get(), outcomes.data(), outcomes.size(), open.empty() ? nullptr : open.data(), open.size(), nodes, actions.data(),
                                  actions.size(), depth);
    }

    int32_t perceive(const std::vector<int32_t> &outcomes) { return prefix_perceive(get(), outcomes.data(), outcomes.size()); }
    int32_t act(const std::vector<int32_t> &actions) { return prefix_act(get(), actions.data(), actions.size()); }
    int32_t correct(const std::vector<int32_t> &actions) { return prefix_correct(get(), actions.data(), actions.size()); }
    int32_t end_block() { return prefix_end_block(get()); }

    int32_t belief(size_t factor, std::vector<double> &probabilities) const {
        const int32_t states = prefix_states(factor);
        probabilities.resize(states < 0 ? 0 : static_cast<size_t>(states));
        return prefix_belief(get(), factor, probabilities.data(), probabilities.size());
    }

    // Eight numbers for each joint action, as prefix.h has them.
    int32_t explain(std::vector<double> &numbers) const {
        numbers.resize(8 * prefix_joint_actions());
        return prefix_explain(get(), numbers.data(), numbers.size());
    }

    int32_t preferences(size_t modality, std::vector<double> &numbers) const {
        const int32_t outcomes = prefix_outcomes(modality);
        numbers.resize(outcomes < 0 ? 0 : static_cast<size_t>(outcomes));
        return prefix_preferences(get(), modality, numbers.data(), numbers.size());
    }
    int32_t set_preferences(size_t modality, const std::vector<double> &numbers) {
        return prefix_set_preferences(get(), modality, numbers.data(), numbers.size());
    }
    int32_t clear_preferences() { return prefix_clear_preferences(get()); }

    int32_t set_goals(const std::vector<uint8_t> &wanted) { return prefix_set_goals(get(), wanted.data(), wanted.size()); }
    int32_t clear_goals() { return prefix_clear_goals(get()); }
    int32_t set_precisions(double policy, double action, double lapse) { return prefix_set_precisions(get(), policy, action, lapse); }

    int32_t save(std::vector<uint8_t> &bytes) const {
        size_t length = 0;
        const int32_t code = prefix_save(get(), nullptr, 0, &length);
        if (code != PREFIX_OK) return code;
        bytes.resize(length);
        return prefix_save(get(), bytes.data(), bytes.size(), &length);
    }
    int32_t load(const std::vector<uint8_t> &bytes) { return prefix_load(get(), bytes.data(), bytes.size()); }
};

} // namespace prefix

#endif
";
