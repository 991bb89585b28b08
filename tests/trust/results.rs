//! Folders of results: one digest for a run, a checksum for every file, and nothing else is taken for what was written.

use std::fs;
use std::path::Path;

use aif::infer::fit::FitError;
use aif::infer::results::{Fit, Header, read_fit, read_pieces, sealed_part};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::folder::{Folder, LAPLACE, NUTS, contents, said};
use super::populations::Flat;

/// How many changes are tried; `AIF_TRUST_CHANGES` says another number.
fn changes() -> usize {
    std::env::var("AIF_TRUST_CHANGES").ok().and_then(|n| n.parse().ok()).unwrap_or(2000)
}

/// Changes some bytes: one is flipped, some are cut, repeated or written over.
pub fn changed(content: &[u8], rng: &mut ChaCha8Rng) -> Vec<u8> {
    let mut bytes = content.to_vec();
    let at = |rng: &mut ChaCha8Rng, len: usize| (rng.next_u64() % len.max(1) as u64) as usize;
    for _ in 0..1 + rng.next_u32() % 3 {
        let (i, n) = (at(rng, bytes.len()), 1 + at(rng, 9));
        match rng.next_u32() % 5 {
            _ if bytes.is_empty() => bytes.push(rng.next_u32() as u8),
            0 => bytes[i] ^= 1 << (rng.next_u32() % 8),
            1 => bytes.truncate(i),
            2 => bytes.splice(i..i, (0..n).map(|_| 0xff).collect::<Vec<u8>>()).for_each(drop),
            3 => bytes.drain(i..(i + n).min(bytes.len())).for_each(drop),
            _ => bytes.iter_mut().skip(i).take(n).for_each(|b| *b = rng.next_u32() as u8),
        }
    }
    bytes
}

pub fn every_file_is_listed_and_every_change_is_refused() {
    let folder = Folder::new("changed");
    folder.simulated();
    folder.done(&[&LAPLACE[..], &["--out", "fit"]].concat());
    folder.done(&[&LAPLACE[..], &["--seed", "2", "--out", "other"]].concat());
    let list = folder.read("fit/checksums.sha256");
    let files = contents(&folder.0.join("fit"));
    for name in files.keys().filter(|name| *name != "checksums.sha256") {
        assert!(list.contains(&format!("  {name}\n")), "{name} is not listed");
    }
    // What anybody can check: the lines are those of sha256sum.
    let listed = list.lines().filter(|line| !line.starts_with('#')).count();
    assert_eq!(listed, files.len() - 1);
    let report = ["report", "fit", "--out", "r.html", "--force"];
    let compare = ["compare", "fit", "other"];
    folder.done(&report);
    folder.done(&compare);
    let mut rng = ChaCha8Rng::from_seed([1; 32]);
    for (name, content) in &files {
        let path = folder.0.join("fit").join(name);
        let other = folder.0.join("other").join(name);
        let mut tried = vec![changed(content, &mut rng), content[..content.len() / 2].to_vec()];
        tried.extend(fs::read(other));
        for change in tried.into_iter().filter(|change| change != content) {
            fs::write(&path, &change).unwrap();
            for verb in [&report[..], &compare[..]] {
                folder.refused(verb, &format!("fit/{name}"));
            }
        }
        fs::write(&path, content).unwrap();
    }
    folder.done(&report);
    // All files of another run are another run; but a description with the files of another is none.
    for name in ["fit.json", "fit.bin"] {
        fs::copy(folder.0.join("other").join(name), folder.0.join("fit").join(name)).unwrap();
    }
    fs::copy(folder.0.join("other/checksums.sha256"), folder.0.join("fit/checksums.sha256")).unwrap();
    folder.refused(&report, "fit/accuracy.csv");
    // A table that a user needs not is not missed, what a verb needs is.
    for name in files.keys() {
        let _ = fs::write(folder.0.join("fit").join(name), &files[name]);
    }
    fs::remove_file(folder.0.join("fit/predictive.csv")).unwrap();
    folder.done(&report);
    fs::remove_file(folder.0.join("fit/evidence.csv")).unwrap();
    folder.refused(&compare, "fit/evidence.csv");
    // The report is one of the files, and written anew it is listed anew.
    folder.refused(&["report", "other"], "is already there: --force");
    folder.done(&["report", "other", "--truth", "data.truth.csv", "--force"]);
    assert!(folder.read("other/report.html").contains("Was the truth found?"));
    folder.done(&["report", "other", "--out", "r2.html"]);
    // A run that was killed between the two can be run again.
    fs::write(folder.0.join("other/report.html"), "half").unwrap();
    folder.refused(&["report", "other", "--out", "r3.html"], "other/report.html");
    folder.done(&["report", "other", "--force"]);
    folder.done(&["report", "other", "--out", "r3.html"]);
}

/// Whoever puts a new checksum on what was changed gets an error or what was put there, but no panic, and no more memory than it is long
/// times a constant.
pub fn stored_pieces_that_were_sealed_again_do_no_harm() {
    let folder = Folder::new("sealed");
    folder.simulated();
    folder.done(&[&NUTS[..], &["--draws", "20", "--log-likelihood", "--quiet", "--out", "fit"]].concat());
    let (header, _) = Header::read(&folder.0.join("fit")).unwrap();
    let content = fs::read(folder.0.join("fit/fit.bin")).unwrap();
    let meta = const { &<Flat as aif::infer::Population>::META };
    assert!(read_pieces(&header, meta, &content).is_ok());
    let mut rng = ChaCha8Rng::from_seed([2; 32]);
    let (mut refused, mut read) = (0, 0);
    for _ in 0..changes() {
        assert!(read_pieces(&header, meta, &changed(&content, &mut rng)).is_err_and(|e| matches!(e, FitError::Stored(_))));
        // The seal is 40 bytes before and 32 behind.
        let inside = changed(&content[40..content.len() - 32], &mut rng);
        match read_pieces(&header, meta, &sealed_part(&header, "fit.bin", &inside)) {
            Ok(pieces) => {
                let fit = Fit::of(meta, header.design(meta), header.method, pieces);
                let _ = fit.complaints();
                read += 1;
            }
            Err(FitError::Stored(_)) => refused += 1,
            Err(other) => panic!("{other}"),
        }
    }
    println!("of {} changes that were sealed again {refused} were refused, {read} are other numbers", changes());
    assert!(refused > 0 && read_fit(Path::new("nowhere"), meta).is_err());
}

pub fn damaged_parts_are_refused_by_name() {
    let folder = Folder::new("parts");
    folder.simulated();
    let fit = [&NUTS[..], &["--quiet", "--draws", "4000", "--out", "fit"]].concat();
    // What a stopped fit has left: the parts of a whole one, which are there before its folder is.
    let mut child = folder.command(&fit).stderr(std::process::Stdio::null()).spawn();
    if let Ok(child) = &mut child {
        let parts = || {
            let names = fs::read_dir(folder.0.join("fit.unfinished")).into_iter().flatten().flatten();
            names.filter(|e| e.file_name().to_string_lossy().starts_with("chain-")).count()
        };
        let begun = std::time::Instant::now();
        while parts() < 2 && begun.elapsed().as_secs() < 60 {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let resume = [&fit[..], &["--resume"]].concat();
    let unfinished = folder.0.join("fit.unfinished");
    let parts: Vec<String> = contents(&unfinished).into_keys().filter(|name| name.starts_with("chain-")).collect();
    assert!(parts.len() > 1, "{parts:?}");
    let mut rng = ChaCha8Rng::from_seed([3; 32]);
    let (one, two) = (fs::read(unfinished.join(&parts[0])).unwrap(), fs::read(unfinished.join(&parts[1])).unwrap());
    for damage in [two.clone(), changed(&one, &mut rng), one[..one.len() - 1].to_vec(), Vec::new()] {
        fs::write(unfinished.join(&parts[0]), damage).unwrap();
        folder.refused(&resume, &parts[0]);
    }
    // Without the damaged one it goes on.
    fs::remove_file(unfinished.join(&parts[0])).unwrap();
    let output = folder.done(&resume);
    assert!(!unfinished.exists() && folder.0.join("fit/fit.bin").exists(), "{}", said(&output));
}
