/* An agent that acts under a declared model. Written by c_abi!, not by hand. */
#ifndef TMAZE_H
#define TMAZE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What functions give back. */
enum {
    TMAZE_OK = 0,
    TMAZE_NULL = -1,    /* a pointer is null, or not aligned */
    TMAZE_SIZE = -2,    /* an array has another length than it should */
    TMAZE_RANGE = -3,   /* a code is beyond the last */
    TMAZE_MODEL = -4,   /* the parameters make no model, whatever the options */
    TMAZE_SAVE = -5,    /* the bytes are no save of this model */
    TMAZE_FAILURE = -6, /* something else; the agent is not to be used any more */
    TMAZE_WEIGHTS = -7, /* weights are negative, not finite or all zero, or a measured number is not finite; the agent is as before */
    TMAZE_OPTIONS = -8, /* options are not what they should be, do not fit the model, or ask for what it does not have: goals, counts to learn */
    TMAZE_OPEN = -9,    /* no action is open; the agent is as before */
    TMAZE_REFUSED = -10 /* what was told is not possible for this agent; it is as before */
};

/* What was wrong with the last call of this thread that failed with TMAZE_MODEL, _SAVE, _OPTIONS or _REFUSED, in words that end in zero, as much as there is
   room for; how many bytes it has, the zero not counted. */
size_t tmaze_error(char *buffer, size_t capacity);

typedef struct tmaze_agent tmaze_agent;

/* How many modalities and actions there are, outcomes of a modality (0: it measures a number), values of an action (TMAZE_RANGE beyond the last). */
size_t tmaze_modalities(void);
size_t tmaze_actions(void);
int32_t tmaze_outcomes(size_t modality);
int32_t tmaze_values(size_t action);

/* How many factors there are, states of a factor (TMAZE_RANGE beyond the last), and joint actions: one value of each action, the last running fastest. */
size_t tmaze_factors(void);
int32_t tmaze_states(size_t factor);
size_t tmaze_joint_actions(void);

/* Creates an agent; one seed gives one behaviour, and one agent is used by one thread at a time. Agents of the same parameters and options share their
   tables as long as one of them lives. Its parameters are, in this order: reward_probability, cue_validity, preference. */
int32_t tmaze_create(const double *parameters, size_t count, uint64_t seed, tmaze_agent **agent);

/* The same with options, as JSON: {"horizon": 3, "selection": "Deterministic", "induction": {"depth": 80}, "learning": {}}, say. What is not named is as by
   default; null: all. */
int32_t tmaze_create_with(const double *parameters, size_t count, uint64_t seed, const char *options, tmaze_agent **agent);

/* Goes back to the initial state; what was learned stays, and chance goes on. */
int32_t tmaze_reset(tmaze_agent *agent);

/* One step: an outcome of each modality comes in (-1: nothing is known), a value of each action goes out. */
int32_t tmaze_step(tmaze_agent *agent, const int32_t *outcomes, size_t outcome_count, int32_t *actions, size_t action_count);

/* The same with readings: where a modality's code is -2, how probable what was read of it is where each of its outcomes is, in any common unit, stands
   among the weights: as many as all modalities have outcomes, one modality after the other. Those of other modalities are not looked at. Of a
   modality that is measured, one number stands there instead: what was measured. */
int32_t tmaze_step_weighed(tmaze_agent *agent, const int32_t *outcomes, size_t outcome_count, const double *weights, size_t weight_count,
                            int32_t *actions, size_t action_count);

/* One step among the joint actions that are open, within a budget. Of open there is a byte for each joint action, zero for one that cannot be taken now; null:
   all can. At most so many predicted beliefs are looked at (nodes; 0: as the options say); depth is how many steps ahead were looked at to the end, where there
   is a budget; it may be null. */
int32_t tmaze_step_within(tmaze_agent *agent, const int32_t *outcomes, size_t outcome_count, const uint8_t *open, size_t open_count, uint64_t nodes,
                           int32_t *actions, size_t action_count, int32_t *depth);

/* The parts of a step: perceives without acting (a second look replaces the first), and moves on under what was carried out, whoever chose it. */
int32_t tmaze_perceive(tmaze_agent *agent, const int32_t *outcomes, size_t outcome_count);
int32_t tmaze_act(tmaze_agent *agent, const int32_t *actions, size_t action_count);

/* Another action was carried out than was chosen in the last step. */
int32_t tmaze_correct(tmaze_agent *agent, const int32_t *actions, size_t action_count);

/* Learns what is left to learn of the block so far; who was not told to learn by its options does nothing. */
int32_t tmaze_end_block(tmaze_agent *agent);

/* How probable each state of a factor is believed to be: as many numbers as it has states. */
int32_t tmaze_belief(tmaze_agent *agent, size_t factor, double *probabilities, size_t count);

/* What speaks for each joint action now, 8 numbers each: probability, utility, information gain about states, information gain about likelihoods, inductive
   value, information gain about transitions, what later steps add, habit. */
int32_t tmaze_explain(tmaze_agent *agent, double *numbers, size_t count);

/* Preferences over the outcomes of a modality, in nats; the model's again. */
int32_t tmaze_preferences(tmaze_agent *agent, size_t modality, double *preferences, size_t count);
int32_t tmaze_set_preferences(tmaze_agent *agent, size_t modality, const double *preferences, size_t count);
int32_t tmaze_clear_preferences(tmaze_agent *agent);

/* Wanted states, which plans are made back from: a byte for each state of all factors, one factor after the other, zero for one that is not wanted; the
   model's again. */
int32_t tmaze_set_goals(tmaze_agent *agent, const uint8_t *wanted, size_t count);
int32_t tmaze_clear_goals(tmaze_agent *agent);

/* Policy precision, action precision, lapse. */
int32_t tmaze_set_precisions(tmaze_agent *agent, double policy, double action, double lapse);

/* Saves all that an agent carries, its chance included. A null buffer asks for the length only; one that is too short is not written to. */
int32_t tmaze_save(tmaze_agent *agent, uint8_t *buffer, size_t capacity, size_t *length);

/* Goes on from a save of an agent with the same parameters, which are not saved. Tables, and what leads to goals, are shared
   as with one that was created; after an error the agent is as before. */
int32_t tmaze_load(tmaze_agent *agent, const uint8_t *buffer, size_t length);

/* Frees an agent; null is left alone. */
void tmaze_free(tmaze_agent *agent);

#ifdef __cplusplus
}
#endif

#endif
