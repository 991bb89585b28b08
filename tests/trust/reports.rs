//! Reports that do not mislead: constants have no rows, and what all units share is said once.

use aif::prelude::*;

use super::folder::{Folder, LAPLACE, NUTS};
use super::tmaze::TMaze;

model! {
    /// Correlated effects, and a number of each subject that is the same for all.
    pub Correlated for TMaze<T> {
        population {
            mu: [2] ~ Normal(0.0, 1.0);
            sigma: [2] ~ HalfNormal(1.0);
            omega: [2, 2] ~ LkjCholesky(2.0);
            slip ~ Beta(1.0, 20.0);
            let correlation: [2, 2] = correlations(omega);
        }
        subject {
            z: [2] ~ MultivariateNormal(mu, sigma, omega);
            let half = 0.5 * slip;
            let two = 2.0 + 0.0 * slip;
            lapse = half;
            policy_precision = exp(0.3 * z[1]);
            TMaze { reward_probability: 0.5 + 0.5 * logistic(z[0]), preference: 1.2 }
        }
    }
}

pub fn constants_are_no_rows_and_what_is_the_same_is_said_once() {
    let folder = Folder::new("reports");
    let own = ["--population", "Correlated"];
    folder.done(&[&["simulate", "--subjects", "4", "--blocks", "8", "--seed", "5", "--out", "data.csv"], &own[..]].concat());
    for (out, method) in [("chains", [&NUTS[..], &["--draws", "20"]].concat()), ("modes", LAPLACE.to_vec())] {
        folder.done(&[&method[..], &["--quiet", "--out", out], &own].concat());
        let page = folder.read(&format!("{out}/report.html"));
        let group = page.split("<h2>The group</h2>").nth(1).unwrap().split("<h2>").next().unwrap();
        for constant in ["omega[0,0]", "omega[0,1]", "correlation[0,0]", "correlation[1,1]"] {
            assert!(!group.contains(&format!("<td>{constant}</td>")), "{out}: a row of {constant}");
            assert!(!group.contains(&format!(">{constant}</text>")), "{out}: a picture of {constant}");
            assert!(group.contains(&format!("{constant} = ")), "{out}: {constant} is not said to be constant");
        }
        assert!(group.contains("<td>omega[1,0]</td>") && group.contains("<td>correlation[1,0]</td>"));
        let shared = page.split("<h2>The same for every subject</h2>").nth(1).unwrap().split("<h2>").next().unwrap();
        assert!(shared.contains("<td>half</td>") && shared.contains("two = 2.000"), "{out}: {shared}");
        let each = page.split("<h2>Each subject</h2>").nth(1).unwrap().split("<h2>").next().unwrap();
        assert!(!each.contains("half of") && !each.contains("two of") && each.contains("z[0] of subject 0"), "{out}");
        assert!(each.contains("<summary>8 numbers</summary>"), "{out}");
        // Tables keep a row of everything; a constant has no R-hat there.
        let table = folder.read(&format!("{out}/population.csv"));
        let row = table.lines().find(|line| line.starts_with("\"omega[0,0]\"")).unwrap();
        assert!(row.contains(",1,0,1,1,1,NaN,NaN,NaN"), "{row}");
        assert!(!folder.read(&format!("{out}/accuracy.csv")).contains("omega[0,0]"));
    }
}
