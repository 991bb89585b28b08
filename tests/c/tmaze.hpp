// An agent that acts under a declared model, for C++11 and later: freed with its owner, moved, not copied. Written by c_abi!, not by hand.
#ifndef TMAZE_HPP
#define TMAZE_HPP

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tmaze.h"

namespace tmaze {

// What was wrong with the last call of this thread that failed with words.
inline std::string error() {
    std::vector<char> words(tmaze_error(nullptr, 0) + 1);
    tmaze_error(words.data(), words.size());
    return std::string(words.data());
}

// Functions give back a code of maze.h, TMAZE_OK where all is well. No exception is thrown but for want of memory.
class Agent {
    struct Free {
        void operator()(tmaze_agent *agent) const noexcept { tmaze_free(agent); }
    };
    std::unique_ptr<tmaze_agent, Free> own;

public:
    // Nobody: every call gives back TMAZE_NULL until one is created.
    Agent() = default;

    int32_t create(const std::vector<double> &parameters, uint64_t seed, const char *options = nullptr) {
        tmaze_agent *agent = nullptr;
        const int32_t code = tmaze_create_with(parameters.data(), parameters.size(), seed, options, &agent);
        own.reset(agent);
        return code;
    }

    explicit operator bool() const noexcept { return static_cast<bool>(own); }
    tmaze_agent *get() const noexcept { return own.get(); }

    int32_t reset() { return tmaze_reset(get()); }

    int32_t step(const std::vector<int32_t> &outcomes, std::vector<int32_t> &actions) {
        actions.resize(tmaze_actions());
        return tmaze_step(get(), outcomes.data(), outcomes.size(), actions.data(), actions.size());
    }

    int32_t step_weighed(const std::vector<int32_t> &outcomes, const std::vector<double> &weights, std::vector<int32_t> &actions) {
        actions.resize(tmaze_actions());
        return tmaze_step_weighed(get(), outcomes.data(), outcomes.size(), weights.data(), weights.size(), actions.data(), actions.size());
    }

    // An empty list of what is open: all is. No nodes: as the options say.
    int32_t step_within(const std::vector<int32_t> &outcomes, const std::vector<uint8_t> &open, uint64_t nodes, std::vector<int32_t> &actions,
                        int32_t *depth = nullptr) {
        actions.resize(tmaze_actions());
        return tmaze_step_within(get(), outcomes.data(), outcomes.size(), open.empty() ? nullptr : open.data(), open.size(), nodes, actions.data(),
                                  actions.size(), depth);
    }

    int32_t perceive(const std::vector<int32_t> &outcomes) { return tmaze_perceive(get(), outcomes.data(), outcomes.size()); }
    int32_t act(const std::vector<int32_t> &actions) { return tmaze_act(get(), actions.data(), actions.size()); }
    int32_t correct(const std::vector<int32_t> &actions) { return tmaze_correct(get(), actions.data(), actions.size()); }
    int32_t end_block() { return tmaze_end_block(get()); }

    int32_t belief(size_t factor, std::vector<double> &probabilities) const {
        const int32_t states = tmaze_states(factor);
        probabilities.resize(states < 0 ? 0 : static_cast<size_t>(states));
        return tmaze_belief(get(), factor, probabilities.data(), probabilities.size());
    }

    // Eight numbers for each joint action, as maze.h has them.
    int32_t explain(std::vector<double> &numbers) const {
        numbers.resize(8 * tmaze_joint_actions());
        return tmaze_explain(get(), numbers.data(), numbers.size());
    }

    int32_t preferences(size_t modality, std::vector<double> &numbers) const {
        const int32_t outcomes = tmaze_outcomes(modality);
        numbers.resize(outcomes < 0 ? 0 : static_cast<size_t>(outcomes));
        return tmaze_preferences(get(), modality, numbers.data(), numbers.size());
    }
    int32_t set_preferences(size_t modality, const std::vector<double> &numbers) {
        return tmaze_set_preferences(get(), modality, numbers.data(), numbers.size());
    }
    int32_t clear_preferences() { return tmaze_clear_preferences(get()); }

    int32_t set_goals(const std::vector<uint8_t> &wanted) { return tmaze_set_goals(get(), wanted.data(), wanted.size()); }
    int32_t clear_goals() { return tmaze_clear_goals(get()); }
    int32_t set_precisions(double policy, double action, double lapse) { return tmaze_set_precisions(get(), policy, action, lapse); }

    int32_t save(std::vector<uint8_t> &bytes) const {
        size_t length = 0;
        const int32_t code = tmaze_save(get(), nullptr, 0, &length);
        if (code != TMAZE_OK) return code;
        bytes.resize(length);
        return tmaze_save(get(), bytes.data(), bytes.size(), &length);
    }
    int32_t load(const std::vector<uint8_t> &bytes) { return tmaze_load(get(), bytes.data(), bytes.size()); }
};

} // namespace tmaze

#endif
