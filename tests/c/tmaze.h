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
    TMAZE_MODEL = -4,   /* the parameters make no model */
    TMAZE_SAVE = -5,    /* the bytes are no save of this model */
    TMAZE_FAILURE = -6, /* something else; the agent is not to be used any more */
    TMAZE_WEIGHTS = -7  /* weights are negative, not finite or all zero, or a measured number is not finite; the agent is as before */
};

typedef struct tmaze_agent tmaze_agent;

/* How many modalities and actions there are, outcomes of a modality (0: it measures a number), values of an action (TMAZE_RANGE beyond the last). */
size_t tmaze_modalities(void);
size_t tmaze_actions(void);
int32_t tmaze_outcomes(size_t modality);
int32_t tmaze_values(size_t action);

/* Creates an agent; one seed gives one behaviour, and one agent is used by one thread at a time. Its parameters are, in this order: reward_probability, cue_validity, preference. */
int32_t tmaze_create(const double *parameters, size_t count, uint64_t seed, tmaze_agent **agent);

/* Goes back to the initial state; what was learned stays, and chance goes on. */
int32_t tmaze_reset(tmaze_agent *agent);

/* One step: an outcome of each modality comes in (-1: nothing is known), a value of each action goes out. */
int32_t tmaze_step(tmaze_agent *agent, const int32_t *outcomes, size_t outcome_count, int32_t *actions, size_t action_count);

/* The same with readings: where a modality's code is -2, how probable what was read of it is where each of its outcomes is, in any common unit, stands
   among the weights: as many as all modalities have outcomes, one modality after the other. Those of other modalities are not looked at. Of a
   modality that is measured, one number stands there instead: what was measured. */
int32_t tmaze_step_weighed(tmaze_agent *agent, const int32_t *outcomes, size_t outcome_count, const double *weights, size_t weight_count,
                            int32_t *actions, size_t action_count);

/* Saves all that an agent carries, its chance included. A null buffer asks for the length only; one that is too short is not written to. */
int32_t tmaze_save(tmaze_agent *agent, uint8_t *buffer, size_t capacity, size_t *length);

/* Goes on from a save of an agent with the same parameters, which are not saved; after an error the agent is as before. */
int32_t tmaze_load(tmaze_agent *agent, const uint8_t *buffer, size_t length);

/* Frees an agent; null is left alone. */
void tmaze_free(tmaze_agent *agent);

#ifdef __cplusplus
}
#endif

#endif
