//! Thirty files of each kind that are wrong: each is refused with the line, what was found and what was expected, and nothing panics.

mod common;

use aif_import::{Format, Options, parse};
use common::refused;

/// A .POMDP whose preamble is sound, and takes three lines.
macro_rules! pomdp {
    ($rest:literal) => {
        concat!("states: a b\nactions: x y\nobservations: u v\n", $rest)
    };
}

#[test]
fn pomdp_files() {
    let cases: [(&str, usize, &str); 34] = [
        ("", 1, "without `states:`"),
        ("states: a b\nactions: x\n", 2, "without `observations:`"),
        ("hello\nstates: 2\nactions: 1\nobservations: 1\n", 1, "`hello`: expected a statement"),
        ("states: 0\nactions: 1\nobservations: 1\n", 1, "from 1 to 65536"),
        ("states: 2.5\n", 1, "from 1 to 65536"),
        ("states: a a\n", 1, "`a` is one of the states already"),
        ("states: a *\n", 1, "`*` is no name"),
        ("states: a 2\n", 1, "`2` is a number"),
        ("states:\nactions: x\n", 2, "no states are given"),
        ("discount: 1.5\n", 1, "from 0 to 1"),
        ("discount: high\n", 1, "`high` where the discount is expected"),
        ("discount: 0.9\ndiscount: 0.8\n", 2, "given twice"),
        ("values: money\n", 1, "`reward` or `cost`"),
        ("T: x : a uniform\nstates: a b\nactions: x\nobservations: u\n", 1, "before actions, states, observations"),
        ("start: a\nstates: a b\n", 1, "expected the states first"),
        (pomdp!("start: c\n"), 4, "`c` is no state: expected a or b"),
        (pomdp!("start: 0.5 0.6\n"), 4, "sums to 1.1"),
        (pomdp!("start: 0.5\n"), 4, "the end of the file where start probability 2 of 2"),
        (pomdp!("start include:\n"), 4, "no state is left"),
        (pomdp!("start exclude: a b\n"), 4, "no state is left"),
        (pomdp!("T: z identity\n"), 4, "`z` is no action: expected x or y"),
        (pomdp!("T: 2 identity\n"), 4, "`2` is no action"),
        (pomdp!("T: x : a : b 1.5\n"), 4, "1.5 is no probability"),
        (pomdp!("T: x : a : b\nT: y identity\n"), 5, "where the probability is expected"),
        (pomdp!("T: x\n0.5 0.5\n0.5\nT: y identity\n"), 7, "row 2 of 2"),
        (pomdp!("T: x\n0.5 0.5\n0.5 zero\n"), 6, "`zero` where row 2 of 2"),
        (pomdp!("T: * identity 3\n"), 4, "`3` after `identity`"),
        (pomdp!("T: * identity\nT: x : a\n0.9 0.2\nO: * uniform\n"), 5, "`T: x : a` sums to 1.1"),
        (pomdp!("T: * identity\nO: x uniform\n"), 5, "`O: y : a` is never given"),
        (pomdp!("T: * identity\nO: * : a : w 1\n"), 5, "`w` is no observation: expected u or v"),
        (pomdp!("T: * identity\nO: x : a reset\n"), 5, "nothing is reset in `O:`"),
        (pomdp!("T: * identity\nO: * uniform\nR: x : a\n1 2\n3\n"), 8, "row 2 of 2, the reward"),
        (pomdp!("T: * identity\nO: * uniform\nR: x 5\n"), 6, "`5` where a colon"),
        (pomdp!("T: * identity\nO: * uniform\nR: x : a : b : u lots\n"), 6, "`lots` where the reward is expected"),
    ];
    refused(Format::Pomdp, &cases);
}

/// A GNN file whose variables are sound, with these values; the values begin at line 12.
macro_rules! gnn {
    ($values:literal) => {
        concat!(
            "## StateSpaceBlock\nA[2,2]\nB[2,2,2]\nC[2]\nD[2]\nE[2]\ns[2,1]\no[2,1]\nu[2]\n## Connections\ns-A\n## InitialParameterization\n",
            $values
        )
    };
}

/// The same with a sound A and B before other values, which begin at line 15.
macro_rules! sound {
    ($values:literal) => {
        concat!(
            "## StateSpaceBlock\nA[2,2]\nB[2,2,2]\nC[2]\nD[2]\nE[2]\ns[2,1]\no[2,1]\nu[2]\n## Connections\ns-A\n## InitialParameterization\nA={(1,0),(0,1)}\nB={((1,0),(1,0)),((0,1),(0,1))}\n",
            $values
        )
    };
}

#[test]
fn gnn_files() {
    let cases: [(&str, usize, &str); 36] = [
        ("", 1, "no section `## StateSpaceBlock`"),
        ("## StateSpaceBlock\nA[2,2]\n", 2, "no section `## InitialParameterization`"),
        ("## StateSpaceBlock\nA\n## InitialParameterization\n", 2, "`A` is no variable"),
        ("## StateSpaceBlock\nA[2,2\n## InitialParameterization\n", 2, "not closed"),
        ("## StateSpaceBlock\nA[]\n## InitialParameterization\n", 2, "no dimensions"),
        ("## StateSpaceBlock\nA[2]\nA[2]\n## InitialParameterization\n", 3, "declared twice"),
        ("## StateSpaceBlock\nA[2] x\n## InitialParameterization\n", 2, "`x` after the variable"),
        ("## StateSpaceBlock\n2A[2]\n## InitialParameterization\n", 2, "no name of a variable"),
        ("## StateSpaceBlock\ns[2]\n## Connections\ns\n## InitialParameterization\n", 4, "connects nothing"),
        ("## StateSpaceBlock\ns[2]\n## Connections\ns>>s\n## InitialParameterization\n", 4, "no name of a variable"),
        ("## StateSpaceBlock\ns[2]\n## Connections\ns>q\n## InitialParameterization\n", 4, "`q` is connected, but no variable"),
        (gnn!(""), 12, "gives no `A` a value"),
        (gnn!("A={(1,0),(0,1)}\n"), 13, "gives no `B` a value"),
        (gnn!("(1,0)\n"), 13, "belongs to no variable"),
        (gnn!("A={(1,0),(0,1)\n"), 13, "`{` of `A` is not closed"),
        (gnn!("A={(1,0],(0,1)}\n"), 13, "`]` closes `(`"),
        (gnn!("A={(1,0)),(0,1)}\n"), 13, "`)` closes `{` in `A`: expected `}`"),
        (gnn!("A={(1,0),(0,1)} 3\n"), 13, "after the value of `A`"),
        (gnn!("A={(1,zero),(0,1)}\n"), 13, "`zero` in `A`: expected a number"),
        (gnn!("A=\nB={1}\n"), 13, "has no value"),
        (gnn!("A={(1,0),(0,1)}\nA={(1,0),(0,1)}\n"), 14, "given a value twice"),
        (gnn!("A={(1,0),(0,1)}\nB={((1,0),(1,0)),((0,1),\n(0,1,0))}\n"), 15, "has 3 numbers or lists here, expected 2"),
        (gnn!("A={(1,0,0),(0,1,1)}\nB={((1,0),(1,0)),((0,1),(0,1))}\n"), 13, "has the shape 2 x 3, expected 2 x 2"),
        (gnn!("A={(1,1),(0,1)}\nB={((1,0),(1,0)),((0,1),(0,1))}\n"), 13, "column 1 of A sums to 2"),
        (gnn!("A={(1,0),(0,1)}\nB={((1,1),(1,1)),((1,1),(1,1))}\n"), 14, "sums to 2"),
        (gnn!("A={(1,0),(0,1)}\nB={((1,0),(-1,0)),((0,1),(2,1))}\n"), 14, "is no probability"),
        (sound!("D={(0.5,0.6)}\n"), 15, "D sums to 1.1"),
        (sound!("D={(1,0,0)}\n"), 15, "shape 1 x 3, expected 2"),
        (sound!("C={(1,0,0)}\n"), 15, "shape 1 x 3, expected 2"),
        (sound!("E={(0.5,0.2,0.3)}\n"), 15, "expected one for each of 2 actions"),
        (sound!("E={(0,0)}\n"), 15, "allows nothing"),
        (sound!("F={(1,0),(0,1)}\n"), 15, "no place in a discrete POMDP"),
        (sound!("A_level2={(1,0),(0,1)}\n"), 15, "levels"),
        (sound!("C_other={(1,0)}\n"), 15, "belongs to `A_other`"),
        (sound!("## Time\nContinuous\n"), 16, "`Continuous` time"),
        (sound!("## ModelParameters\ndiscount: 2\n"), 16, "the discount is `2`"),
    ];
    refused(Format::Gnn, &cases);
}

/// pymdp's arrays, sound but for what is put in: `A` on line 1, `B` on line 2, the rest from line 3.
macro_rules! arrays {
    ($rest:literal) => {
        concat!("{\"A\": [[[1, 0], [0, 1]]],\n\"B\": [[[[1, 1], [0, 0]], [[0, 0], [1, 1]]]],\n", $rest, "}")
    };
}

#[test]
fn arrays_of_pymdp() {
    let cases: [(&str, usize, &str); 36] = [
        ("", 1, "the end of the file where a value is expected"),
        ("[1, 2]", 1, "expected an object"),
        ("{\"A\": [[[1, 0], [0, 1]]]", 1, "`,` or `}`"),
        ("{\"A\": [[[1, 0], [0, 1]]]}", 1, "there is no `B`"),
        ("{\"B\": []}", 1, "there is no `A`"),
        ("{\"A\": 3,\n\"B\": 3}", 1, "A is 3, expected a list"),
        ("{\"A\": [[[1, 0],\n[0, \"one\"]]],\n\"B\": []}", 2, "the text `one` where a number is expected"),
        ("{\"A\": [[[1, 0],\n[0]]], \"B\": [[[[1]]]]}", 2, "has 1 numbers or lists here, expected 2"),
        ("{\"A\": [[[1, NaN]]],\n\"B\": []}", 1, "`NaN` where a value is expected"),
        ("{\"A\": [[[1, 1e999]]],\n\"B\": []}", 1, "`1e999`"),
        ("{\"A\": [[[1, 0], [0, 1]]],\n\"B\": [[[[1, 1], [0.5, 0]], [[0, 0], [1, 1]]]]}", 2, "column 1 of B[0] sums to 1.5"),
        ("{\"A\": [[[1, 0.5],\n [0, 1]]], \"B\": [[[[1, 1], [0, 0]], [[0, 0], [1, 1]]]]}", 1, "column 1 of A[0] sums to 1.5"),
        (
            "{\"A\": [[[1, 0, 0], [0, 1, 1]]],\n\"B\": [[[[1, 1], [0, 0]], [[0, 0], [1, 1]]]]}",
            1,
            "A[0] has the shape 2 x 3, expected 2 x 2",
        ),
        (arrays!("\"Q\": 1"), 3, "`Q` is nothing that pymdp's arrays have"),
        (arrays!("\"C\": [[0, 1], [2, 3]]"), 3, "C has 2 arrays, expected one for each of 1 modalities"),
        (arrays!("\"C\": [[0, 1, 2]]"), 3, "C[0] has the shape 3, expected 2"),
        (arrays!("\"D\": [[0.5, 0.4]]"), 3, "D[0] sums to 0.9"),
        (arrays!("\"D\": [[1, 0, 0]]"), 3, "D[0] has the shape 3"),
        (arrays!("\"D\": \"uniform\""), 3, "D is the text `uniform`"),
        (arrays!("\"E\": [1, 0, 0]"), 3, "E has 3 numbers"),
        (arrays!("\"E\": [1, -1]"), 3, "E has -1, expected probabilities"),
        (arrays!("\"pA\": [[[1, 0], [1, 0]]]"), 3, "column 1 of the counts of A[0] has no count above 0"),
        (arrays!("\"pA\": [[[1, -1], [1, 2]]]"), 3, "-1 is no count"),
        (arrays!("\"pD\": [[1, 2, 3]]"), 3, "the counts of D[0] has the shape 3"),
        (arrays!("\"A_dependencies\": [[1]]"), 3, "names 1, expected different numbers below 1"),
        (arrays!("\"A_dependencies\": [0]"), 3, "A_dependencies[0] is 0, expected a list"),
        (arrays!("\"A_dependencies\": [[0.5]]"), 3, "is 0.5, expected a whole number"),
        (arrays!("\"B_dependencies\": [[0], [0]]"), 3, "B_dependencies has 2 lists, expected 1"),
        (arrays!("\"B_dependencies\": [[0, 0]]"), 3, "names 0, expected different numbers"),
        (arrays!("\"num_controls\": [3]"), 2, "B[0] has the shape 2 x 2 x 2, expected 2 x 2 x 3"),
        (arrays!("\"labels\": {\"states\": {\"s\": [\"a\"]}}"), 2, "1 names for its values, expected 2"),
        (arrays!("\"labels\": {\"rooms\": {}}"), 3, "labels have no `rooms`"),
        (arrays!("\"labels\": {\"states\": {\"s\": [1, 2]}}"), 3, "expected a text"),
        (arrays!("\"gamma\": -1"), 3, "gamma is -1"),
        (arrays!("\"policy_len\": 0"), 3, "at least 1 step"),
        (arrays!("\"policies\": [[[2]]]"), 3, "the action 2, expected a whole number below 2"),
    ];
    refused(Format::Pymdp, &cases);
}

/// SPM's arrays, sound but for what is put in, from line 3.
macro_rules! spm {
    ($rest:literal) => {
        concat!("{\"A\": [[[1, 0], [0, 1]]],\n\"B\": [[[[1, 1], [0, 0]], [[0, 0], [1, 1]]]],\n", $rest, "}")
    };
}

#[test]
fn structures_of_spm() {
    let cases: [(&str, usize, &str); 31] = [
        ("", 1, "the end of the file"),
        ("3", 1, "expected an object"),
        ("{\"A\": []}", 1, "there is no `B`"),
        ("{\"B\": [[[1]]]}", 1, "there is no `A`"),
        ("{\"MDP\": {\"A\": 1,\n\"B\": [[[1]]]}}", 1, "A is 1, expected a list"),
        ("{\"A\": [[[1, 0], [0, 1]], null],\n\"B\": [[[1]]]}", 1, "is null"),
        ("{\"A\": [[[1, 0], [0, 2]]],\n\"B\": [[[[1, 1], [0, 0]], [[0, 0], [1, 1]]]]}", 1, "2 is no probability"),
        ("{\"A\": [[[1], [0]]],\n\"B\": [[[[1, 1], [0, 0]], [[0, 0], [1, 1]]]]}", 1, "A[1] has the shape 2 x 1, expected 2 x 2"),
        ("{\"A\": [[[1, 0], [0, 1]]],\n\"B\": [[[[1, 1], [1, 0]], [[0, 0], [1, 1]]]]}", 2, "column 1 of B[1] sums to 2"),
        (
            "{\"A\": [[[1, 0], [0, 1]]],\n\"B\": [[[[1, 1], [0, 0]],\n[[0, 0], [1]]]]}",
            3,
            "has 1 numbers or lists here, expected 2",
        ),
        (spm!("\"c\": [[1, 2]]"), 3, "`c` are counts over preferences"),
        (spm!("\"e\": [1, 2]"), 3, "`e` are counts over habits"),
        (spm!("\"H\": [[1, 2]]"), 3, "`H` are preferences over final states"),
        (spm!("\"MDP\": {}"), 3, "`MDP` are a level below"),
        (spm!("\"link\": [[1]]"), 3, "`link` are links"),
        (spm!("\"foo\": 1"), 3, "`foo` is nothing that is taken"),
        (spm!("\"C\": [[[0, 1], [0, 2]]]"), 3, "C[1] changes over 2 steps"),
        (spm!("\"C\": [[0, 1, 2]]"), 3, "C[1] has the shape 3, expected 2"),
        (spm!("\"C\": [[0, 1], [0, 1]]"), 3, "C has 2 arrays, expected 1"),
        (spm!("\"D\": [[0.5, 0.6]]"), 3, "D[1] sums to 1.1"),
        (spm!("\"D\": [[1]]"), 3, "D[1] has the shape 1, expected 2"),
        (spm!("\"a\": [[[0, 1], [0, 1]]]"), 3, "the counts of A[1] has no count above 0"),
        (spm!("\"d\": [[-1, 1]]"), 3, "-1 is no count"),
        (spm!("\"b\": [[[1, 1], [1, 1]]]"), 3, "the counts of B[1] has the shape 2 x 2, expected 2 x 2 x 2"),
        (spm!("\"beta\": 0"), 3, "beta is 0, expected a number above 0"),
        (spm!("\"alpha\": \"high\""), 3, "alpha is the text `high`, expected a number"),
        (spm!("\"V\": [[[1], [3]]]"), 3, "V has the action 3, expected a whole number from 1 to 2"),
        (spm!("\"V\": [[[0], [1]]]"), 3, "V has the action 0"),
        (spm!("\"V\": [[[1, 1], [1, 2]]]"), 3, "V has 2 numbers for each policy and step"),
        (spm!("\"E\": [1, 2, 3]"), 3, "E has 3 numbers"),
        (spm!("\"label\": {\"factor\": [1]}"), 3, "label.factor[1] is 1, expected a text"),
    ];
    refused(Format::Spm, &cases);
}

/// A sound archive, whole and then broken at every byte: it is read, or refused with a word, and nothing panics.
#[test]
fn archives() {
    let whole = std::fs::read(common::path("tmaze.npz")).unwrap();
    let read = |bytes: &[u8]| parse(Format::Npz, "file", bytes, &Options::default());
    assert!(read(&whole).is_ok());
    let mut refused = 0;
    for at in (0..whole.len()).step_by(7) {
        let mut broken = whole.clone();
        broken[at] ^= 0xff;
        for bytes in [&broken[..], &whole[..at]] {
            if let Err(mistakes) = read(bytes) {
                assert!(mistakes.to_string().starts_with("file: "), "{mistakes}");
                refused += 1;
            }
        }
    }
    assert!(refused > 300, "{refused} were refused");
    let said = |bytes: &[u8]| read(bytes).unwrap_err().to_string();
    assert!(said(b"").contains("no zip archive"));
    let packed: Vec<u8> = {
        let mut packed = whole.clone();
        let at = packed.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
        packed[at + 10] = 8;
        packed
    };
    assert!(said(&packed).contains("`numpy.savez`, not `savez_compressed`"));
    let kind = whole.windows(3).position(|w| w == b"<f8").unwrap();
    let mut other = whole.clone();
    other[kind + 1] = b'c';
    assert!(said(&other).contains("numbers of the kind `<c8`"));
}

/// A sound file of MATLAB's, whole and then broken at every byte: it is read, or refused with a word, and nothing panics.
#[test]
fn matlab_files() {
    let whole = std::fs::read(common::path("tmaze_spm.mat")).unwrap();
    let read = |bytes: &[u8]| parse(Format::Mat, "file", bytes, &Options::default());
    assert!(read(&whole).is_ok());
    let mut refused = 0;
    for at in 0..whole.len() {
        let broken = |to: u8| {
            let mut broken = whole.clone();
            broken[at] = to;
            broken
        };
        for bytes in [&broken(!whole[at])[..], &broken(0), &broken(0xff), &whole[..at]] {
            if let Err(mistakes) = read(bytes) {
                assert!(mistakes.to_string().starts_with("file: "), "{mistakes}");
                refused += 1;
            }
        }
    }
    assert!(refused > 1000, "{refused} were refused");
    let said = |bytes: &[u8]| read(bytes).unwrap_err().to_string();
    let with = |at: usize, put: &[u8]| {
        let mut other = whole.clone();
        other[at..at + put.len()].copy_from_slice(put);
        other
    };
    assert!(said(b"").contains("no whole file of MATLAB's version 5"));
    assert!(said(&whole[..128]).contains("there is no variable in it"));
    assert!(said(&with(0, b"MATLAB 7.3 MAT-file")).contains("save it by `save('mdp.mat', 'MDP', '-v6')`"));
    assert!(said(&with(126, b"MI")).contains("the least byte first"));
    assert!(said(&with(128, &[15, 0, 0, 0])).contains("this is compressed: save it by"));
    // The array flags of the variable: its class, and whether it is complex.
    assert!(said(&with(144, &[5])).contains("it is sparse: expected `full(..)` of it"));
    assert!(said(&with(144, &[17])).contains("an object or a function"));
    assert!(said(&with(145, &[8])).contains("complex"));
}

/// What is cut off, doubled or turned round is read or refused, and nothing panics.
#[test]
fn whatever_stands_in_a_file() {
    for (format, name) in [
        (Format::Pomdp, "tiger.pomdp"),
        (Format::Gnn, "tmaze.md"),
        (Format::Pymdp, "tmaze.json"),
        (Format::Spm, "tmaze_spm.json"),
    ] {
        let whole = std::fs::read_to_string(common::path(name)).unwrap();
        let read = |text: &str| drop(parse(format, "file", text.as_bytes(), &Options::default()));
        let words: Vec<&str> = whole.split_inclusive([' ', ',', '\n', '[', '(']).collect();
        for at in 0..words.len() {
            read(&words[..at].concat());
            let mut without = words.clone();
            without.remove(at);
            read(&without.concat());
            without.insert(at.saturating_sub(3), words[at]);
            read(&without.concat());
            let mut other = words.clone();
            for put in ["-1 ", "99999999999999999999 ", "* ", ": ", "\u{3c0}", "[]", "1e308 "] {
                other[at] = put;
                read(&other.concat());
            }
        }
        assert!(parse(format, "file", &[0xff, 0xfe, 0x00], &Options::default()).unwrap_err().to_string().contains("UTF-8"));
    }
}

/// Rules that hold of every kind of file, and of no line.
#[test]
fn what_cannot_be_declared_is_refused() {
    let said = |text: &str| common::written(Format::Pymdp, text).unwrap_err().to_string();
    let labels = |labels: &str| {
        said(&format!("{{\"A\": [[[1, 0], [0, 1]]], \"B\": [[[[1, 1], [0, 0]], [[0, 0], [1, 1]]]], \"labels\": {labels}}}"))
    };
    let clash = labels("{\"states\": {\"s\": [\"go-left\", \"go left\"]}}");
    assert!(clash.contains("the values `go-left` and `go left` of the factor `s` are both `GoLeft`"), "{clash}");
    let clash = labels("{\"states\": {\"place\": 2}, \"observations\": {\"Place\": 2}}");
    assert!(clash.contains("the modality `Place` and the factor `place` are both `place`"), "{clash}");
    let nothing = said("{\"A\": [[1, 0]], \"B\": [[[1]]], \"A_dependencies\": [[]]}");
    assert!(nothing.contains("A[0] has the shape 1 x 2"), "{nothing}");
    let many = "states: 3000\nactions: 2\nobservations: 1\nT: * uniform\nO: * uniform\n";
    let many = common::written(Format::Pomdp, many).unwrap_err().to_string();
    assert!(many.starts_with("file:4: more than 16777216 numbers"), "{many}");
    let full = "states: 600\nactions: 2\nobservations: 1\nT: * uniform\nO: * uniform\n";
    let full = common::written(Format::Pomdp, full).unwrap_err().to_string();
    assert!(
        full.contains("the table of the factor `state` has 720000 numbers that are not zero, expected at most 524288"),
        "{full}"
    );
    let wrong = Options { temperature: 0.0, ..Options::default() };
    let wrong = parse(Format::Pomdp, "file", b"", &wrong).unwrap_err().to_string();
    assert!(wrong.contains("the temperature is 0, expected a number above 0"), "{wrong}");
}
