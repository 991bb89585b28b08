//! Programs in C and C++, compiled by the system's compilers, play through the door; what agents behind it take is counted.

#[path = "models/doors.rs"]
mod doors;
#[path = "models/places.rs"]
#[allow(dead_code)]
mod places;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ffi::{c_char, c_void};
use std::path::{Path, PathBuf};
use std::process::Command;

aif::c_abi!(maze = aif::worlds::TMaze<f64>, parameters(reward_probability, cue_validity, preference));
aif::c_abi!(guard = places::Guard<30, 30, 9, 3>);
aif::c_abi!(errand = doors::Errand);
aif::c_abi!(listed = doors::Listed<f64>, parameters(chance));

/// Counts the bytes that a thread has in use.
struct Counting;

thread_local! {
    static IN_USE: Cell<isize> = const { Cell::new(0) };
}

fn count(bytes: isize) {
    // A thread that ends has none.
    let _ = IN_USE.try_with(|in_use| in_use.set(in_use.get() + bytes));
}

#[allow(unsafe_code)]
// SAFETY: everything is passed on.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[allow(unsafe_code)]
unsafe extern "C" {
    fn guard_create_with(parameters: *const f64, count: usize, seed: u64, options: *const c_char, agent: *mut *mut c_void)
    -> i32;
    fn guard_step(agent: *mut c_void, outcomes: *const i32, outcome_count: usize, actions: *mut i32, action_count: usize) -> i32;
    fn guard_set_goals(agent: *mut c_void, wanted: *const u8, count: usize) -> i32;
    fn guard_save(agent: *mut c_void, buffer: *mut u8, capacity: usize, length: *mut usize) -> i32;
    fn guard_load(agent: *mut c_void, buffer: *const u8, length: usize) -> i32;
    fn guard_free(agent: *mut c_void);
    fn errand_create_with(
        parameters: *const f64,
        count: usize,
        seed: u64,
        options: *const c_char,
        agent: *mut *mut c_void,
    ) -> i32;
    fn errand_save(agent: *mut c_void, buffer: *mut u8, capacity: usize, length: *mut usize) -> i32;
    fn errand_load(agent: *mut c_void, buffer: *const u8, length: usize) -> i32;
    fn errand_free(agent: *mut c_void);
    fn listed_create_with(
        parameters: *const f64,
        count: usize,
        seed: u64,
        options: *const c_char,
        agent: *mut *mut c_void,
    ) -> i32;
    fn listed_free(agent: *mut c_void);
}

type Save = unsafe extern "C" fn(*mut c_void, *mut u8, usize, *mut usize) -> i32;

#[allow(unsafe_code)]
fn saved(agent: *mut c_void, save: Save) -> Vec<u8> {
    let mut length = 0;
    // SAFETY: the agent was created; of no buffer only the length is asked for.
    assert_eq!(unsafe { save(agent, std::ptr::null_mut(), 0, &mut length) }, 0);
    let mut bytes = vec![0; length];
    // SAFETY: the buffer is as long as it is said to be.
    assert_eq!(unsafe { save(agent, bytes.as_mut_ptr(), length, &mut length) }, 0);
    bytes
}

#[test]
#[allow(unsafe_code)]
fn agents_behind_the_door_share_their_tables() {
    let create = |seed, options: &std::ffi::CStr| {
        let mut agent = std::ptr::null_mut();
        // SAFETY: there are no parameters, the options end in zero, and the agent is ours.
        assert_eq!(unsafe { guard_create_with(std::ptr::null(), 0, seed, options.as_ptr(), &mut agent) }, 0);
        agent
    };
    let step = |agent, place: i32| {
        let mut go = -1;
        // SAFETY: the agent was created; two outcomes, one action.
        assert_eq!(unsafe { guard_step(agent, [place, 0].as_ptr(), 2, &mut go, 1) }, 0);
        go
    };
    let in_use = || IN_USE.with(Cell::get);
    let before = in_use();
    let first = create(0, c"");
    step(first, 450);
    let one = in_use();
    let others: Vec<_> = (1..=100).map(|seed| create(seed, c"")).collect();
    for (place, agent) in others.iter().enumerate() {
        step(*agent, place as i32 * 9);
    }
    let each = (in_use() - one) / 100;
    println!("the first takes {} bytes, each other one {each}", one - before);
    assert!(each < 20_000, "{each} bytes each");
    // Goals of one's own, 80 steps away: what leads where is shared with those who had it worked out.
    let mut wanted = [0u8; 909];
    wanted[899] = 1;
    // SAFETY: the agents were created; a byte for each state.
    unsafe {
        assert_eq!(guard_set_goals(others[0], wanted.as_ptr(), 909), 0);
        assert_eq!(guard_set_goals(others[1], wanted.as_ptr(), 908), -2);
        others.into_iter().chain([first]).for_each(|agent| guard_free(agent));
    }
    // All of it is given back: nothing is shared but where it was.
    assert!(in_use() - before < 4096, "{} bytes are left", in_use() - before);
}

/// How many bytes each of a hundred more takes.
fn each_of_a_hundred(mut one: impl FnMut(u64) -> *mut c_void) -> (isize, Vec<*mut c_void>) {
    let mut others = Vec::with_capacity(100);
    let before = IN_USE.with(Cell::get);
    others.extend((1..=100).map(&mut one));
    ((IN_USE.with(Cell::get) - before) / 100, others)
}

#[test]
#[allow(unsafe_code)]
fn loaded_agents_share_what_created_ones_do() {
    let create = |seed| {
        let mut agent = std::ptr::null_mut();
        // SAFETY: there are no parameters and no options, and the agent is ours.
        assert_eq!(unsafe { guard_create_with(std::ptr::null(), 0, seed, std::ptr::null(), &mut agent) }, 0);
        agent
    };
    let mut wanted = [0u8; 909];
    wanted[899] = 1;
    let before = IN_USE.with(Cell::get);
    let first = create(0);
    // SAFETY: the agent was created; a byte for each state.
    let send = |agent| assert_eq!(unsafe { guard_set_goals(agent, wanted.as_ptr(), 909) }, 0);
    send(first);
    let bytes = saved(first, guard_save);
    let (told, mut others) = each_of_a_hundred(|seed| {
        let agent = create(seed);
        send(agent);
        agent
    });
    let (loaded, more) = each_of_a_hundred(|seed| {
        let agent = create(seed);
        // SAFETY: the agent was created, and the bytes are there.
        assert_eq!(unsafe { guard_load(agent, bytes.as_ptr(), bytes.len()) }, 0);
        agent
    });
    println!("each takes {told} bytes with goals that it was told, {loaded} where it was loaded");
    assert!(told < 24_000 && loaded <= told, "{told} and {loaded} bytes each");
    assert!(saved(more[0], guard_save) == bytes, "it goes on from what was saved");
    others.extend(more);
    // SAFETY: all were created, and are not used any more.
    others.into_iter().chain([first]).for_each(|agent| unsafe { guard_free(agent) });
    drop(bytes);
    assert!(IN_USE.with(Cell::get) - before < 4096);
}

#[test]
#[allow(unsafe_code)]
fn declared_goals_and_bounds_are_worked_out_once_for_loaded_agents() {
    let options = c"{\"induction\": {\"depth\": 60}, \"planning\": {\"BranchAndBound\": {}}, \"selection\": \"Deterministic\"}";
    let create = |seed| {
        let mut agent = std::ptr::null_mut();
        // SAFETY: there are no parameters, the options end in zero, and the agent is ours.
        assert_eq!(unsafe { errand_create_with(std::ptr::null(), 0, seed, options.as_ptr(), &mut agent) }, 0);
        agent
    };
    let first = create(0);
    let bytes = saved(first, errand_save);
    let (created, mut others) = each_of_a_hundred(create);
    let (loaded, more) = each_of_a_hundred(|seed| {
        let agent = create(seed);
        // SAFETY: the agent was created, and the bytes are there.
        assert_eq!(unsafe { errand_load(agent, bytes.as_ptr(), bytes.len()) }, 0);
        agent
    });
    println!("each takes {created} bytes where it was created, {loaded} where it was loaded");
    assert_eq!(loaded, created);
    assert!(saved(more[0], errand_save) == bytes, "it goes on from what was saved");
    others.extend(more);
    // SAFETY: all were created, and are not used any more.
    others.into_iter().chain([first]).for_each(|agent| unsafe { errand_free(agent) });
}

#[test]
#[allow(unsafe_code)]
fn options_that_do_not_fit_are_told_from_parameters_that_make_no_model() {
    const MODEL: i32 = -4;
    const OPTIONS: i32 = -8;
    let create = |chance: f64, options: &std::ffi::CStr| {
        let mut agent = std::ptr::null_mut();
        // SAFETY: there is one parameter, the options end in zero, and the agent is ours, to be freed unless it is null.
        unsafe {
            let code = listed_create_with([chance].as_ptr(), 1, 0, options.as_ptr(), &mut agent);
            assert_eq!(agent.is_null(), code != 0);
            listed_free(agent);
            code
        }
    };
    assert_eq!(create(0.75, c"{}"), 0);
    let not_in_themselves = [c"{", c"{\"horizont\": 2}", c"{\"horizon\": 0}", c"{\"planning\": {\"Budgeted\": {\"nodes\": 0}}}"];
    // A list of policies of two steps, without goals or counts.
    let not_of_this_model =
        [c"{\"horizon\": 3}", c"{\"planning\": {\"Budgeted\": {\"nodes\": 9}}}", c"{\"induction\": {}}", c"{\"learning\": {}}"];
    for options in not_in_themselves {
        assert_eq!((create(0.75, options), create(1.5, options)), (OPTIONS, OPTIONS), "{options:?}");
    }
    for options in not_of_this_model {
        assert_eq!((create(0.75, options), create(1.5, options)), (OPTIONS, MODEL), "{options:?}");
    }
    assert_eq!(create(1.5, c""), MODEL);
    // A list that is as long as the model's horizon only for some parameters is no fault of options that do not name one.
    assert_eq!((create(0.25, c""), create(0.25, c"{\"horizon\": 2}")), (MODEL, OPTIONS));
}

/// What `c_abi!` writes, and the file that it is held against.
fn headers() -> [(&'static str, String); 2] {
    let named = |text: &str| text.replace("maze_", "tmaze_").replace("MAZE_", "TMAZE_");
    let cpp = named(MAZE_CPP_HEADER).replace("\"maze.h\"", "\"tmaze.h\"").replace("namespace maze", "namespace tmaze");
    [("tmaze.h", named(MAZE_HEADER)), ("tmaze.hpp", cpp)]
}

#[test]
fn the_headers_are_the_committed_ones() {
    for (name, header) in headers() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/c").join(name);
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        if std::env::var_os("UPDATE_HEADER").is_some() {
            std::fs::write(&path, &header).unwrap();
        } else {
            assert_eq!(committed, header, "UPDATE_HEADER=1 cargo test --test c_abi writes it anew");
        }
    }
}

/// The C library beside this test, built if it is not there.
fn library() -> (PathBuf, PathBuf) {
    static BUILT: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _one_at_a_time = BUILT.lock();
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().and_then(Path::parent).unwrap().join("examples");
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--example", "tmaze_c"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    if folder.parent().is_some_and(|f| f.ends_with("release")) {
        build.arg("--release");
    }
    assert!(build.output().unwrap().status.success());
    let name = format!("{}tmaze_c{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    (folder.join(name), folder)
}

/// Compiles a program of `tests/c` against the library, and plays it.
fn play(variable: &str, usual: &str, standard: &str, source: &str) {
    let compiler = std::env::var(variable).unwrap_or_else(|_| usual.into());
    if Command::new(&compiler).arg("--version").output().is_err() {
        eprintln!("skipped: there is no compiler `{compiler}`");
        return;
    }
    let (library, folder) = library();
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/c");
    let program = folder.join(format!("{}_{}", source.replace('.', "_"), std::process::id()));
    let compiled = Command::new(&compiler)
        .args([standard, "-Wall", "-Wextra", "-Werror", "-o"])
        .arg(&program)
        .arg(sources.join(source))
        .arg(&library)
        .arg(format!("-Wl,-rpath,{}", folder.display()))
        .output()
        .unwrap();
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    let played = Command::new(&program).output().unwrap();
    let _ = std::fs::remove_file(&program);
    let printed = String::from_utf8_lossy(&played.stdout);
    assert!(played.status.success() && printed.ends_with("all is well\n"), "{printed}");
}

#[test]
fn a_program_in_c_plays_a_game() {
    play("CC", "cc", "-std=c99", "play.c");
}

#[test]
fn nodes_of_an_engine_live_through_the_cpp_header() {
    play("CXX", "c++", "-std=c++11", "godot.cpp");
}
