//! `aif-import FILE --check`, `--rust` or `--export FORM`: what a file holds, what one would have declared, and the file in another form.

use std::path::Path;
use std::process::ExitCode;

use aif_import::{Form, Naming, Options, camel, declaration, export, is_type, read, summary};

const USAGE: &str = "\
usage: aif-import FILE [--check | --rust | --export pymdp|gnn|pomdp] [options]

  --check             say what the file holds (the default); 2 where something is wrong with it
  --rust              write the declaration that one would have written
  --export FORM       write the model as pymdp (JSON), gnn (Markdown) or pomdp (flattened)
  --name NAME         what the model is called; from the file's name where it is not given
  --temperature X     by what rewards are divided to be log-preferences; 1 where it is not given
  --horizon N         how many steps are planned, where the file does not say; 1 where it is not given

FILE ends in .pomdp, .md or .gnn, .json (pymdp's arrays or SPM's structures), .npz, or .mat.
";

/// What is to be done.
enum Task {
    Check,
    Rust,
    Export(Form),
}

struct Arguments {
    file: String,
    task: Task,
    name: Option<String>,
    options: Options,
}

fn arguments(mut given: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut read = Arguments { file: String::new(), task: Task::Check, name: None, options: Options::default() };
    while let Some(word) = given.next() {
        let mut value = |what: &str| given.next().ok_or_else(|| format!("{word} is followed by {what}"));
        match word.as_str() {
            "--check" => read.task = Task::Check,
            "--rust" => read.task = Task::Rust,
            "--export" => read.task = Task::Export(Form::named(&value("pymdp, gnn or pomdp")?)?),
            "--name" => read.name = Some(value("a name")?),
            "--temperature" => {
                let text = value("a number")?;
                read.options.temperature = text.parse().map_err(|_| format!("the temperature `{text}` is no number"))?;
            }
            "--horizon" => {
                let text = value("a number of steps")?;
                read.options.horizon = Some(text.parse().map_err(|_| format!("the horizon `{text}` is no number of steps"))?);
            }
            option if option.starts_with('-') => return Err(format!("there is no option `{option}`")),
            _ if read.file.is_empty() => read.file = word,
            other => return Err(format!("one file at a time: `{}`, and `{other}`", read.file)),
        }
    }
    if read.file.is_empty() { Err("which file?".into()) } else { Ok(read) }
}

fn run(arguments: &Arguments) -> Result<String, String> {
    let path = Path::new(&arguments.file);
    let model = read(path, &arguments.options).map_err(|mistakes| mistakes.to_string())?;
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let name = arguments.name.clone().unwrap_or_else(|| camel(&stem));
    if !is_type(&name) {
        return Err(format!("`{name}` is no name of a type: expected one that begins with a capital letter"));
    }
    match arguments.task {
        Task::Check => Ok(summary(&model)),
        Task::Rust => {
            let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            Ok(declaration(&model, &Naming { model: &name, library: "aif", file: &file }))
        }
        Task::Export(form) => export(&model, form, &name),
    }
}

fn main() -> ExitCode {
    let arguments = match arguments(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(wrong) => {
            eprint!("{wrong}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(&arguments) {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(wrong) => {
            eprintln!("{wrong}");
            ExitCode::from(2)
        }
    }
}
