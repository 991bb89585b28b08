//! The log-likelihood of each ready-made learner as a plain loop over the rows of a table, written apart from the declarations.

/// The numbers of a trial.
pub struct Row {
    pub inputs: Vec<f64>,
    pub seen: Vec<f64>,
    pub done: Vec<f64>,
}

fn softmax_ln(weights: &[f64], chosen: usize) -> f64 {
    let top = weights.iter().fold(f64::NEG_INFINITY, |a, &b| a.max(b));
    weights[chosen] - top - weights.iter().map(|w| (w - top).exp()).sum::<f64>().ln()
}

fn logit_ln(log_odds: f64, yes: bool) -> f64 {
    let x = if yes { log_odds } else { -log_odds };
    -(1.0 + (-x).exp()).ln()
}

pub fn delta(p: &[f64], rows: &[Row]) -> f64 {
    let (mut q, mut sum) = ([0.0; 2], 0.0);
    for row in rows {
        let c = row.done[0] as usize;
        sum += softmax_ln(&[p[1] * q[0], p[1] * q[1]], c);
        q[c] += p[0] * (row.seen[0] - q[c]);
    }
    sum
}

pub fn two_rates(p: &[f64], rows: &[Row]) -> f64 {
    let (mut q, mut sum) = ([0.0; 3], 0.0);
    for row in rows {
        let c = row.done[0] as usize;
        sum += softmax_ln(&q.map(|q| p[2] * q), c);
        let error = row.seen[0] - q[c];
        q[c] += if error < 0.0 { p[1] } else { p[0] } * error;
    }
    sum
}

pub fn pearce_hall(p: &[f64], rows: &[Row]) -> f64 {
    let (mut q, mut a, mut sum) = ([0.0; 2], [p[0]; 2], 0.0);
    for row in rows {
        let c = row.done[0] as usize;
        sum += softmax_ln(&q.map(|q| p[3] * q), c);
        let error = row.seen[0] - q[c];
        q[c] += p[2] * a[c] * error;
        a[c] = p[1] * error.abs() + (1.0 - p[1]) * a[c];
    }
    sum
}

pub fn kalman(p: &[f64], rows: &[Row]) -> f64 {
    let [decay, centre, beta, mean, sd, step, noise] = p[..] else { panic!("seven parameters") };
    let (mut m, mut v, mut sum) = ([mean; 4], [sd * sd; 4], 0.0);
    for row in rows {
        let c = row.done[0] as usize;
        sum += softmax_ln(&m.map(|m| beta * m), c);
        let gain = v[c] / (v[c] + noise.powi(2));
        m[c] += gain * (row.seen[0] - m[c]);
        v[c] *= 1.0 - gain;
        for arm in 0..4 {
            m[arm] = decay * m[arm] + (1.0 - decay) * centre;
            v[arm] = decay.powi(2) * v[arm] + step.powi(2);
        }
    }
    sum
}

pub fn forgetting(p: &[f64], rows: &[Row]) -> f64 {
    let (mut q, mut sum) = ([0.0; 2], 0.0);
    for row in rows {
        let c = row.done[0] as usize;
        sum += softmax_ln(&q.map(|q| p[2] * q), c);
        q[c] += p[0] * (row.seen[0] - q[c]);
        q[1 - c] -= p[1] * q[1 - c];
    }
    sum
}

pub fn perseveration(p: &[f64], rows: &[Row]) -> f64 {
    let (mut q, mut k, mut sum) = ([0.0; 2], [0.0; 2], 0.0);
    for row in rows {
        let c = row.done[0] as usize;
        sum += softmax_ln(&[p[2] * q[0] + p[3] * k[0], p[2] * q[1] + p[3] * k[1]], c);
        q[c] += p[0] * (row.seen[0] - q[c]);
        k[c] += p[1] * (1.0 - k[c]);
        k[1 - c] += p[1] * (0.0 - k[1 - c]);
    }
    sum
}

pub fn win_stay(p: &[f64], rows: &[Row]) -> f64 {
    let mut sum = (1.0f64 / 3.0).ln();
    for two in rows.windows(2) {
        let stays = two[0].done[0] == two[1].done[0];
        let stay = if two[0].seen[0] > 0.0 { p[0] } else { 1.0 - p[1] };
        sum += if stays { stay } else { 0.5 * (1.0 - stay) }.ln();
    }
    sum
}

pub fn gain_loss(p: &[f64], rows: &[Row]) -> f64 {
    let (mut r, mut l, mut sum) = ([0.0; 4], [0.0; 4], 0.0);
    for row in rows {
        let c = row.done[0] as usize;
        let w: Vec<f64> = (0..4).map(|a| r[a] + l[a]).collect();
        sum += (softmax_ln(&w, c).exp() * (1.0 - p[4]) + p[4] / 4.0).ln();
        for a in 0..4 {
            let (gain, loss) = if a == c { (p[2] * row.seen[0], -p[3] * row.seen[1].abs()) } else { (0.0, 0.0) };
            r[a] += p[0] * (gain - r[a]);
            l[a] += p[1] * (loss - l[a]);
        }
    }
    sum
}

pub fn reward_punishment(p: &[f64], rows: &[Row]) -> f64 {
    let (mut q, mut sum) = ([0.0; 2], 0.0);
    for row in rows {
        let c = row.done[0] as usize;
        sum += softmax_ln(&q.map(|q| p[2] * q), c);
        q[c] += if row.seen[0] > 0.0 { p[1] } else { p[0] } * (row.seen[0] - q[c]);
    }
    sum
}

pub fn experience_weighted(p: &[f64], rows: &[Row]) -> f64 {
    let (mut q, mut n, mut sum) = ([0.0; 2], [1.0; 2], 0.0);
    for row in rows {
        let c = row.done[0] as usize;
        sum += softmax_ln(&q.map(|q| p[2] * q), c);
        let old = n[c];
        n[c] = old * p[1] + 1.0;
        q[c] = (q[c] * p[0] * old + row.seen[0]) / n[c];
    }
    sum
}

pub fn fictitious(p: &[f64], rows: &[Row]) -> f64 {
    let (mut q, mut sum) = ([0.0; 2], 0.0);
    for row in rows {
        let c = row.done[0] as usize;
        sum += logit_ln(p[3] * (q[1] - q[0] - p[2]), c == 1);
        let (error, other) = (row.seen[0] - q[c], -row.seen[0] - q[1 - c]);
        let rate = if error >= 0.0 { p[0] } else { p[1] };
        q[c] += rate * error;
        q[1 - c] += rate * other;
    }
    sum
}

fn utility(x: f64, alpha: f64, lambda: f64) -> f64 {
    if x >= 0.0 { x.powf(alpha) } else { -lambda * x.abs().powf(alpha) }
}

fn worth(row: &Row) -> f64 {
    (row.seen[0] - row.seen[1].abs()) / 100.0
}

pub fn prospect_delta(p: &[f64], rows: &[Row]) -> f64 {
    let (mut e, mut sum, theta) = ([0.0; 4], 0.0, 3f64.powf(p[2]) - 1.0);
    for row in rows {
        let c = row.done[0] as usize;
        sum += softmax_ln(&e.map(|e| theta * e), c);
        e[c] += p[0] * (utility(worth(row), p[1], p[3]) - e[c]);
    }
    sum
}

pub fn prospect_decay(p: &[f64], rows: &[Row]) -> f64 {
    let (mut e, mut sum, theta) = ([0.0; 4], 0.0, 3f64.powf(p[2]) - 1.0);
    for row in rows {
        let c = row.done[0] as usize;
        sum += softmax_ln(&e.map(|e| theta * e), c);
        e = e.map(|e| p[0] * e);
        e[c] += utility(worth(row), p[1], p[3]);
    }
    sum
}

pub fn value_plus_perseveration(p: &[f64], rows: &[Row]) -> f64 {
    let [rate, alpha, cons, lambda, gain, loss, decay, w] = p[..] else { panic!("eight parameters") };
    let (mut e, mut k, mut sum, theta) = ([0.0; 4], [0.0; 4], 0.0, 3f64.powf(cons) - 1.0);
    for row in rows {
        let c = row.done[0] as usize;
        let v: Vec<f64> = (0..4).map(|d| theta * (w * e[d] + (1.0 - w) * k[d])).collect();
        sum += softmax_ln(&v, c);
        k = k.map(|k| decay * k);
        k[c] += if worth(row) < 0.0 { loss } else { gain };
        e[c] += rate * (utility(worth(row), alpha, lambda) - e[c]);
    }
    sum
}

pub fn outcome_representation(p: &[f64], rows: &[Row]) -> f64 {
    let [gain, loss, k, wf, wp] = p[..] else { panic!("five parameters") };
    let (mut v, mut f, mut s, mut sum) = ([0.0; 4], [0.0; 4], [0.0; 4], 0.0);
    for row in rows {
        let (c, x) = (row.done[0] as usize, worth(row));
        let u: Vec<f64> = (0..4).map(|d| v[d] + wf * f[d] + wp * s[d]).collect();
        sum += softmax_ln(&u, c);
        let sign = f64::from(i8::from(x > 0.0) - i8::from(x < 0.0));
        let (own, other) = if x >= 0.0 { (gain, loss) } else { (loss, gain) };
        for d in 0..4 {
            f[d] += if d == c { own * (sign - f[d]) } else { other * (-sign / 3.0 - f[d]) };
            s[d] = if d == c { 1.0 } else { s[d] } / 3f64.powf(k);
        }
        v[c] += own * (x - v[c]);
    }
    sum
}

pub fn go_nogo(p: &[f64], rows: &[Row]) -> f64 {
    let [lapse, rate, bias, pavlov, reward, punishment] = p[..] else { panic!("six parameters") };
    let (mut go, mut stay, mut v, mut sum) = ([0.0; 4], [0.0; 4], [0.0; 4], 0.0);
    for row in rows {
        let (cue, went) = (row.inputs[0] as usize, row.done[0] == 1.0);
        let odds = go[cue] + bias + pavlov * v[cue] - stay[cue];
        let p_go = (1.0 - lapse) / (1.0 + (-odds).exp()) + lapse / 2.0;
        sum += if went { p_go } else { 1.0 - p_go }.ln();
        let r = row.seen[0] * if row.seen[0] >= 0.0 { reward } else { punishment };
        v[cue] += rate * (r - v[cue]);
        let q = if went { &mut go[cue] } else { &mut stay[cue] };
        *q += rate * (r - *q);
    }
    sum
}

pub fn two_step(p: &[f64], rows: &[Row]) -> f64 {
    let [a1, b1, a2, b2, stick, w, lambda] = p[..] else { panic!("seven parameters") };
    let (mut q1, mut q2, mut last, mut sum) = ([0.0; 2], [[0.0f64; 2]; 2], None, 0.0);
    for row in rows {
        let (c1, c2) = (row.done[0] as usize, row.done[1] as usize);
        let (planet, c) = (c2 / 2, c2 % 2);
        let best = q2.map(|q| q[0].max(q[1]));
        let net: Vec<f64> = (0..2)
            .map(|o| {
                let known = 0.7 * best[o] + 0.3 * best[1 - o];
                b1 * (w * known + (1.0 - w) * q1[o] + if last == Some(o) { stick } else { 0.0 })
            })
            .collect();
        sum += softmax_ln(&net, c1);
        sum += if planet == c1 { 0.7f64 } else { 0.3 }.ln() + softmax_ln(&q2[planet].map(|q| b2 * q), c);
        let (first, second) = (q2[planet][c] - q1[c1], row.seen[0] - q2[planet][c]);
        q1[c1] += a1 * first + a1 * lambda * second;
        q2[planet][c] += a2 * second;
        last = Some(c1);
    }
    sum
}

fn later(row: &Row, beta: f64, value: impl Fn(f64) -> f64) -> f64 {
    let [d1, a1, d0, a0] = row.inputs[..] else { panic!("four inputs") };
    logit_ln(beta * (a1 * value(d1) - a0 * value(d0)), row.done[0] == 1.0)
}

pub fn hyperbolic(p: &[f64], rows: &[Row]) -> f64 {
    rows.iter().map(|row| later(row, p[1], |d| 1.0 / (1.0 + p[0] * d))).sum()
}

pub fn exponential(p: &[f64], rows: &[Row]) -> f64 {
    rows.iter().map(|row| later(row, p[1], |d| (-p[0] * d).exp())).sum()
}

pub fn constant_sensitivity(p: &[f64], rows: &[Row]) -> f64 {
    rows.iter().map(|row| later(row, p[2], |d| (-(p[0] * d).powf(p[1])).exp())).sum()
}

pub fn probabilistic(p: &[f64], rows: &[Row]) -> f64 {
    let of = |row: &Row| {
        let [chance, perhaps, sure] = row.inputs[..] else { panic!("three inputs") };
        logit_ln(p[1] * (perhaps / (1.0 + p[0] * (1.0 / chance - 1.0)) - sure), row.done[0] == 1.0)
    };
    rows.iter().map(of).sum()
}

pub fn prospect(p: &[f64], rows: &[Row]) -> f64 {
    let of = |row: &Row| {
        let [gain, loss, sure] = row.inputs[..] else { panic!("three inputs") };
        let gamble = 0.5 * gain.powf(p[0]) - 0.5 * p[1] * loss.powf(p[0]);
        logit_ln(p[2] * (gamble - utility(sure, p[0], p[1])), row.done[0] == 1.0)
    };
    rows.iter().map(of).sum()
}

pub fn norm_delta(p: &[f64], rows: &[Row]) -> f64 {
    let (mut norm, mut sum) = (p[3], 0.0);
    for row in rows {
        let offer = row.inputs[0];
        sum += logit_ln(p[2] * (offer - p[0] * (norm - offer).max(0.0)), row.done[0] == 1.0);
        norm += p[1] * (offer - norm);
    }
    sum
}

pub fn norm_bayes(p: &[f64], rows: &[Row]) -> f64 {
    let (mut total, mut weight, mut sum) = (p[3] * p[4], p[4], 0.0);
    for row in rows {
        let (offer, norm) = (row.inputs[0], total / weight);
        let utility = offer - p[0] * (norm - offer).max(0.0) - p[1] * (offer - norm).max(0.0);
        sum += logit_ln(p[2] * utility, row.done[0] == 1.0);
        total += offer;
        weight += 1.0;
    }
    sum
}

pub fn peer_influence(p: &[f64], rows: &[Row]) -> f64 {
    let of = |row: &Row| {
        let [condition, chance, sh, sl, rh, rl] = row.inputs[..] else { panic!("six inputs") };
        let worth = |h: f64, l: f64| chance * h.powf(p[0]) + (1.0 - chance) * l.powf(p[0]);
        let safe = worth(sh, sl) + if condition == 1.0 { p[2] } else { 0.0 };
        let risky = worth(rh, rl) + if condition == 3.0 { p[2] } else { 0.0 };
        logit_ln(p[1] * (risky - safe), row.done[0] == 1.0)
    };
    rows.iter().map(of).sum()
}

pub fn temporal_difference(p: &[f64], rows: &[Row]) -> f64 {
    let [rate, gamma, lambda, noise] = p[..] else { panic!("four parameters") };
    let (mut v, mut e, mut last, mut sum) = ([0.0; 4], [0.0; 4], None::<usize>, 0.0);
    for row in rows {
        let s = row.inputs[0] as usize;
        sum += -0.5 * ((row.done[0] - v[s]) / noise).powi(2) - (noise * (2.0 * std::f64::consts::PI).sqrt()).ln();
        if let Some(last) = last {
            let error = row.seen[0] + gamma * v[s] - v[last];
            for i in 0..4 {
                v[i] += rate * error * e[i];
            }
        }
        e = e.map(|e| gamma * lambda * e);
        e[s] += 1.0;
        last = Some(s);
    }
    sum
}

/// By the series for short times, which converges for all of these.
pub fn drifting_delta(p: &[f64], rows: &[Row]) -> f64 {
    let (mut q, mut sum, a) = ([0.0; 2], 0.0, (1.0 + p[2].exp()).ln());
    for row in rows {
        let (c, t) = (row.done[0] as usize, row.done[1] - p[3]);
        let v = p[1] * (q[1] - q[0]) * if c == 1 { -1.0 } else { 1.0 };
        let u = t / (a * a);
        let terms = (-60..=60).map(|k| 0.5 + 2.0 * f64::from(k)).map(|x| x * (-x * x / (2.0 * u)).exp());
        let density = terms.sum::<f64>() / (2.0 * std::f64::consts::PI * u.powi(3)).sqrt();
        sum += density.ln() - v * a * 0.5 - v * v * t / 2.0 - 2.0 * a.ln();
        q[c] += p[0] * (row.seen[0] - q[c]);
    }
    sum
}
