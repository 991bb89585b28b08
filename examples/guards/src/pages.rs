//! What is written: two pictures, a report, and a page with all of them.

use std::path::Path;

use crate::game::Failure;

/// Whether a folder can be written into: it must not be there, or be empty.
pub fn check(out: &Path) -> Result<(), Failure> {
    let taken = |what: &str| Err(format!("{}: {what}, expected a folder that is new or empty", out.display()).into());
    match std::fs::read_dir(out) {
        Ok(mut entries) => entries.next().map_or(Ok(()), |_| taken("there is something in it")),
        Err(_) if out.exists() => taken("it cannot be read as a folder"),
        Err(_) => Ok(()),
    }
}

/// Writes all of it.
pub fn write(out: &Path, picture: &str, strip: &str, report: &str) -> Result<(), Failure> {
    let page = format!(
        "<!doctype html>\n<meta charset=\"utf-8\">\n<title>Guards</title>\n\
         <style>body {{ background: #0f1219; color: #d9dee6; font-family: sans-serif; margin: 2em }} img {{ max-width: 100% }}</style>\n\
         <h1>Guards at night</h1>\n<p><img src=\"night.svg\" alt=\"The last frame\"></p>\n\
         <p>Heat is where a guard believes the intruder to be, arrows are what it considers, bars are why.</p>\n\
         <p><img src=\"strip.svg\" alt=\"Six frames\"></p>\n<pre>{}</pre>\n",
        report.replace('&', "&amp;").replace('<', "&lt;")
    );
    std::fs::create_dir_all(out).map_err(|error| format!("{}: {error}", out.display()))?;
    for (name, text) in [("night.svg", picture), ("strip.svg", strip), ("report.txt", report), ("guards.html", &page)] {
        let path = out.join(name);
        std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}
