/* Plays one game in the T-maze through the C interface, and knocks on the door in every wrong way. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tmaze.h"

enum { CENTRE, LEFT, RIGHT, CUE, MIDDLE };
enum { NOTHING, REWARD, PUNISHMENT };

static int failures = 0;

static void expect(const char *what, long found, long wanted) {
    if (found != wanted) {
        printf("%s: found %ld, wanted %ld\n", what, found, wanted);
        failures++;
    }
}

static int touches(int from, int to) {
    return (from == CENTRE && (to == CUE || to == MIDDLE)) || (from == CUE && to == CENTRE) ||
           (from == MIDDLE && (to == CENTRE || to == LEFT || to == RIGHT)) || ((from == LEFT || from == RIGHT) && to == MIDDLE);
}

/* The reward is on the left. How much was won. */
static int play(tmaze_agent *agent, int steps) {
    int place = CENTRE, won = 0;
    for (int i = 0; i < steps; i++) {
        int32_t seen[3] = {place, NOTHING, 0}, go = -1;
        if (place == LEFT) seen[1] = REWARD;
        if (place == RIGHT) seen[1] = PUNISHMENT;
        if (place == CUE) seen[2] = 1;
        won += (place == LEFT) - (place == RIGHT);
        expect("step", tmaze_step(agent, seen, 3, &go, 1), TMAZE_OK);
        if (go < 0 || go > 4) {
            expect("an action", go, 0);
            return won;
        }
        if (touches(place, go)) place = go;
    }
    return won;
}

/* Who reads weights of which one is above zero does what one does who sees that outcome; weights that are none are refused. */
static void read_weights(const double *parameters) {
    tmaze_agent *seeing = NULL, *reading = NULL;
    const int32_t read[3] = {-2, -2, -2}, seen[3] = {CUE, NOTHING, 1};
    double weights[11] = {0};
    int32_t go, other;
    expect("outcomes in all", tmaze_outcomes(0) + tmaze_outcomes(1) + tmaze_outcomes(2), 11);
    expect("create", tmaze_create(parameters, 3, 7, &seeing), TMAZE_OK);
    expect("create", tmaze_create(parameters, 3, 7, &reading), TMAZE_OK);
    expect("weights of nothing", tmaze_step_weighed(reading, read, 3, weights, 11, &go, 1), TMAZE_WEIGHTS);
    weights[CUE] = 0.25, weights[5 + NOTHING] = 1e9, weights[8 + 1] = 3.0;
    weights[0] = -1.0;
    expect("a weight below zero", tmaze_step_weighed(reading, read, 3, weights, 11, &go, 1), TMAZE_WEIGHTS);
    weights[0] = 0.0;
    expect("too few weights", tmaze_step_weighed(reading, read, 3, weights, 10, &go, 1), TMAZE_SIZE);
    expect("null weights", tmaze_step_weighed(reading, read, 3, NULL, 11, &go, 1), TMAZE_NULL);
    for (int i = 0; i < 4; i++) {
        expect("seen", tmaze_step(seeing, seen, 3, &go, 1), TMAZE_OK);
        expect("read", tmaze_step_weighed(reading, read, 3, weights, 11, &other, 1), TMAZE_OK);
        expect("the same action", other, go);
    }
    tmaze_free(seeing);
    tmaze_free(reading);
}

int main(void) {
    const double parameters[3] = {0.98, 0.95, 3.0}, wrong[3] = {1.5, 0.95, 3.0};
    int32_t seen[3] = {CENTRE, NOTHING, 0}, go;
    tmaze_agent *agent = NULL, *other = NULL;
    uint8_t *save;
    size_t length = 0, again = 0;

    expect("modalities", (long)tmaze_modalities(), 3);
    expect("actions", (long)tmaze_actions(), 1);
    expect("outcomes", tmaze_outcomes(1), 3);
    expect("outcomes beyond the last", tmaze_outcomes(3), TMAZE_RANGE);
    expect("values", tmaze_values(0), 5);
    expect("values beyond the last", tmaze_values(1), TMAZE_RANGE);

    expect("no place for an agent", tmaze_create(parameters, 3, 1, NULL), TMAZE_NULL);
    expect("null parameters", tmaze_create(NULL, 3, 1, &agent), TMAZE_NULL);
    expect("too few parameters", tmaze_create(parameters, 2, 1, &agent), TMAZE_SIZE);
    expect("wrong parameters", tmaze_create(wrong, 3, 1, &agent), TMAZE_MODEL);
    expect("nothing was created", agent == NULL, 1);
    expect("create", tmaze_create(parameters, 3, 1, &agent), TMAZE_OK);

    int won = play(agent, 20);
    printf("won %d in 20 steps\n", won);
    expect("the game is won", won > 0, 1);

    read_weights(parameters);

    expect("null agent", tmaze_step(NULL, seen, 3, &go, 1), TMAZE_NULL);
    expect("null outcomes", tmaze_step(agent, NULL, 3, &go, 1), TMAZE_NULL);
    expect("null actions", tmaze_step(agent, seen, 3, NULL, 1), TMAZE_NULL);
    expect("too many outcomes", tmaze_step(agent, seen, 4, &go, 1), TMAZE_SIZE);
    expect("too few actions", tmaze_step(agent, seen, 3, &go, 0), TMAZE_SIZE);
    seen[0] = 5;
    expect("an outcome beyond the last", tmaze_step(agent, seen, 3, &go, 1), TMAZE_RANGE);
    seen[0] = -2;
    expect("an outcome below nothing", tmaze_step(agent, seen, 3, &go, 1), TMAZE_RANGE);
    seen[0] = -1;
    expect("nothing is known", tmaze_step(agent, seen, 3, &go, 1), TMAZE_OK);

    expect("null length", tmaze_save(agent, NULL, 0, NULL), TMAZE_NULL);
    expect("how long", tmaze_save(agent, NULL, 0, &length), TMAZE_OK);
    save = malloc(length);
    expect("too short", tmaze_save(agent, save, length - 1, &again), TMAZE_SIZE);
    expect("save", tmaze_save(agent, save, length, &again), TMAZE_OK);
    expect("as long as said", (long)again, (long)length);
    expect("another agent", tmaze_create(parameters, 3, 99, &other), TMAZE_OK);
    expect("null bytes", tmaze_load(other, NULL, length), TMAZE_NULL);
    expect("cut bytes", tmaze_load(other, save, length / 2), TMAZE_SAVE);
    save[length - 1] ^= 1;
    save[3] ^= 1;
    expect("bytes of something else", tmaze_load(other, save, length), TMAZE_SAVE);
    save[length - 1] ^= 1;
    save[3] ^= 1;
    expect("load", tmaze_load(other, save, length), TMAZE_OK);
    seen[0] = CUE;
    seen[2] = 1;
    for (int i = 0; i < 10; i++) {
        int32_t here = -1, there = -1;
        expect("step", tmaze_step(agent, seen, 3, &here, 1), TMAZE_OK);
        expect("step", tmaze_step(other, seen, 3, &there, 1), TMAZE_OK);
        expect("the same action", there, here);
        seen[0] = i % 2 ? CUE : CENTRE;
        seen[2] = i % 2;
    }
    expect("reset", tmaze_reset(agent), TMAZE_OK);
    expect("reset", tmaze_reset(other), TMAZE_OK);
    expect("reset null", tmaze_reset(NULL), TMAZE_NULL);
    expect("both go on alike", play(agent, 20), play(other, 20));

    free(save);
    tmaze_free(agent);
    tmaze_free(other);
    tmaze_free(NULL);
    printf(failures ? "%d failures\n" : "all is well\n", failures);
    return failures != 0;
}
