// The calls of an engine: nodes that enter the tree, are stepped frame after frame, are saved with the scene, and leave. Through the C++ header.
#include <cstdio>
#include <utility>

#include "tmaze.hpp"

enum { CENTRE, LEFT, RIGHT, CUE, MIDDLE };
enum { NOTHING, REWARD, PUNISHMENT };

static int failures = 0;

static void expect(const char *what, long found, long wanted) {
    if (found != wanted) {
        std::printf("%s: found %ld, wanted %ld (%s)\n", what, found, wanted, tmaze::error().c_str());
        failures++;
    }
}

static bool touches(int from, int to) {
    return (from == CENTRE && (to == CUE || to == MIDDLE)) || (from == CUE && to == CENTRE) ||
           (from == MIDDLE && (to == CENTRE || to == LEFT || to == RIGHT)) || ((from == LEFT || from == RIGHT) && to == MIDDLE);
}

// A mouse in the scene; the reward is on the left.
class Mouse {
public:
    tmaze::Agent agent;
    int place = CENTRE;
    int won = 0;
    double since = 0.0;

    void _ready(uint64_t seed) {
        expect("create", agent.create({0.98, 0.95, 3.0}, seed, "{\"horizon\": 3}"), TMAZE_OK);
        expect("is there", static_cast<bool>(agent), 1);
    }

    void _physics_process(double delta) {
        since += delta;
        if (since < 0.25) return; // four times a second
        since -= 0.25;
        const std::vector<int32_t> seen = {place, place == LEFT ? REWARD : place == RIGHT ? PUNISHMENT : NOTHING, place == CUE ? 1 : 0};
        // Only where a step leads.
        std::vector<uint8_t> open(tmaze_joint_actions());
        for (size_t go = 0; go < open.size(); go++) open[go] = touches(place, static_cast<int>(go));
        std::vector<int32_t> go;
        int32_t depth = -1;
        expect("step", agent.step_within(seen, open, 60, go, &depth), TMAZE_OK);
        expect("looked ahead", depth >= 1, 1);
        if (go.size() != 1 || !touches(place, go[0])) {
            expect("an open action", go.empty() ? -1 : go[0], 0);
            return;
        }
        place = go[0];
        won += (place == LEFT) - (place == RIGHT);
    }
};

int main() {
    Mouse mice[3];
    tmaze::Agent nobody;
    std::vector<int32_t> go;
    expect("nobody", nobody.step({0, 0, 0}, go), TMAZE_NULL);
    expect("wrong options", nobody.create({0.98, 0.95, 3.0}, 1, "{\"horizont\": 3}"), TMAZE_OPTIONS);
    expect("words", tmaze::error().find("horizont") != std::string::npos, 1);
    expect("nothing to learn", nobody.create({0.98, 0.95, 3.0}, 1, "{\"learning\": {}}"), TMAZE_OPTIONS);
    expect("words", tmaze::error().find("nothing to learn") != std::string::npos, 1);
    expect("wrong numbers, whatever the options", nobody.create({1.5, 0.95, 3.0}, 1, "{\"learning\": {}}"), TMAZE_MODEL);
    expect("wrong numbers", nobody.create({1.5, 0.95, 3.0}, 1), TMAZE_MODEL);
    expect("words", tmaze::error().empty(), 0);

    for (int i = 0; i < 3; i++) mice[i]._ready(static_cast<uint64_t>(i));
    for (int frame = 0; frame < 600; frame++)
        for (Mouse &mouse : mice) mouse._physics_process(1.0 / 60.0);
    for (const Mouse &mouse : mice) expect("the game is won", mouse.won > 0, 1);

    // The scene is saved and loaded; the mouse goes on alike.
    std::vector<uint8_t> bytes;
    expect("save", mice[0].agent.save(bytes), TMAZE_OK);
    Mouse loaded;
    loaded._ready(99);
    expect("load", loaded.agent.load(bytes), TMAZE_OK);
    loaded.place = mice[0].place, loaded.won = mice[0].won, loaded.since = mice[0].since;
    for (int frame = 0; frame < 240; frame++) mice[0]._physics_process(1.0 / 60.0), loaded._physics_process(1.0 / 60.0);
    expect("on the way", loaded.place, mice[0].place);
    expect("alike", loaded.won, mice[0].won);

    // The inspector: what is believed, why, and what is wanted.
    tmaze::Agent &agent = loaded.agent;
    std::vector<double> numbers;
    double sum = 0.0;
    expect("perceive", agent.perceive({CENTRE, NOTHING, 0}), TMAZE_OK);
    expect("belief", agent.belief(0, numbers), TMAZE_OK);
    for (double p : numbers) sum += p;
    expect("a distribution", sum > 0.999999 && sum < 1.000001 && numbers.size() == 5, 1);
    expect("no such factor", agent.belief(7, numbers), TMAZE_RANGE);
    expect("explain", agent.explain(numbers), TMAZE_OK);
    sum = 0.0;
    for (size_t action = 0; action < tmaze_joint_actions(); action++) sum += numbers[8 * action];
    expect("probabilities", sum > 0.999999 && sum < 1.000001, 1);
    expect("preferences", agent.preferences(1, numbers), TMAZE_OK);
    expect("reward is liked", numbers[REWARD] == 3.0, 1);
    numbers[REWARD] = -3.0, numbers[PUNISHMENT] = 3.0;
    expect("other preferences", agent.set_preferences(1, numbers), TMAZE_OK);
    expect("the model's", agent.clear_preferences(), TMAZE_OK);
    std::vector<uint8_t> wanted(static_cast<size_t>(tmaze_states(0) + tmaze_states(1)));
    expect("nothing is wanted", agent.set_goals(wanted), TMAZE_REFUSED);
    wanted[RIGHT] = 1;
    expect("a goal", agent.set_goals(wanted), TMAZE_OK);
    expect("decided", agent.set_precisions(4.0, 8.0, 0.0), TMAZE_OK);
    expect("too decided", agent.set_precisions(-1.0, 8.0, 0.0), TMAZE_REFUSED);
    int place = CENTRE;
    expect("reset", agent.reset(), TMAZE_OK);
    for (int i = 0; i < 12 && place != RIGHT; i++) {
        expect("step", agent.step({place, NOTHING, place == CUE ? 1 : 0}, go), TMAZE_OK);
        if (touches(place, go[0])) place = go[0];
    }
    expect("it goes where it was sent, though the reward is on the left", place, RIGHT);
    expect("no goal", agent.clear_goals(), TMAZE_OK);
    expect("nothing open", agent.step_within({0, 0, 0}, {0, 0, 0, 0, 0}, 0, go), TMAZE_OPEN);
    expect("too few", agent.step_within({0, 0, 0}, {1, 1}, 0, go), TMAZE_SIZE);
    expect("perceive", agent.perceive({CENTRE, NOTHING, 0}), TMAZE_OK);
    expect("act", agent.act({MIDDLE}), TMAZE_OK);
    expect("it was the cue", agent.correct({CUE}), TMAZE_OK);
    expect("no such action", agent.act({5}), TMAZE_RANGE);
    expect("end of the block", agent.end_block(), TMAZE_OK);

    // Leaving the tree: owners free, once; moved agents belong to whom they were moved to.
    tmaze::Agent owner = std::move(mice[1].agent);
    expect("moved", static_cast<bool>(owner) && !mice[1].agent, 1);
    std::printf(failures ? "%d failures\n" : "all is well\n", failures);
    return failures != 0;
}
