//! Several models side by side: differences of predictive density with their standard errors, and stacking weights (Yao et al. 2018).

/// One model of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Its place among those that were compared.
    pub model: usize,
    /// Its expected log predictive density.
    pub elpd: f64,
    /// How much less that is than the best model's.
    pub difference: f64,
    /// The standard error of the difference.
    pub se: f64,
    /// Its stacking weight.
    pub weight: f64,
}

/// Models in the order of their predictive density.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison(pub Vec<Difference>);

/// Compares models by what they predict of the same responses: `pointwise[model][response]`.
pub fn compare(pointwise: &[Vec<f64>]) -> Comparison {
    let weights = stacking(pointwise);
    let totals: Vec<f64> = pointwise.iter().map(|p| p.iter().sum()).collect();
    let mut order: Vec<usize> = (0..pointwise.len()).collect();
    order.sort_by(|&a, &b| totals[b].total_cmp(&totals[a]));
    let Some(&best) = order.first() else { return Comparison(Vec::new()) };
    let each = order.into_iter().map(|model| {
        let differences: Vec<f64> = pointwise[best].iter().zip(&pointwise[model]).map(|(b, m)| b - m).collect();
        let n = differences.len() as f64;
        let mean = differences.iter().sum::<f64>() / n;
        let variance = differences.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / n;
        Difference { model, elpd: totals[model], difference: mean * n, se: (n * variance).sqrt(), weight: weights[model] }
    });
    Comparison(each.collect())
}

/// The weights of a mixture of models that predicts best: `max_w sum_i ln sum_k w_k p_ik`.
///
/// The problem is that of a mixture's weights given its components: expectation maximisation climbs without fail; it is squared (Varadhan &
/// Roland 2008) to be quick.
pub fn stacking(pointwise: &[Vec<f64>]) -> Vec<f64> {
    let models = pointwise.len();
    let n = pointwise.first().map_or(0, Vec::len);
    if models == 0 || n == 0 {
        return vec![1.0 / models.max(1) as f64; models];
    }
    // Densities relative to the best of each response.
    let density: Vec<Vec<f64>> = (0..n)
        .map(|i| {
            let best = pointwise.iter().map(|p| p[i]).fold(f64::NEG_INFINITY, f64::max);
            pointwise.iter().map(|p| (p[i] - best).exp()).collect()
        })
        .collect();
    let value = |w: &[f64]| density.iter().map(|d| d.iter().zip(w).map(|(d, w)| d * w).sum::<f64>().ln()).sum::<f64>();
    let step = |w: &[f64]| -> Vec<f64> {
        let mut next = vec![0.0; models];
        for d in &density {
            let total: f64 = d.iter().zip(w).map(|(d, w)| d * w).sum();
            next.iter_mut().zip(d).zip(w).for_each(|((n, d), w)| *n += d * w / total);
        }
        next.iter_mut().for_each(|x| *x /= n as f64);
        next
    };
    let mut w = vec![1.0 / models as f64; models];
    for _ in 0..5000 {
        let (one, two) = (step(&w), step(&step(&w)));
        let r: Vec<f64> = one.iter().zip(&w).map(|(a, b)| a - b).collect();
        let v: Vec<f64> = two.iter().zip(&one).zip(&r).map(|((t, o), r)| t - o - r).collect();
        let norm = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>().sqrt();
        // At the best weights no model predicts better than the mixture does: the mean ratio is at most one for each.
        let ratio = |k: usize| {
            let each = density.iter().map(|d| d[k] / d.iter().zip(&w).map(|(d, w)| d * w).sum::<f64>());
            each.sum::<f64>() / n as f64
        };
        if (0..models).all(|k| ratio(k) <= 1.0 + 1e-9) {
            break;
        }
        let mut next = two;
        if norm(&v) > 1e-300 {
            let alpha = -(norm(&r) / norm(&v)).max(1.0);
            // A weight of zero would stay zero for ever.
            let leap = |k: usize| w[k] - 2.0 * alpha * r[k] + alpha * alpha * v[k];
            let far: Vec<f64> = (0..models).map(|k| leap(k).max(1e-12)).collect();
            let total: f64 = far.iter().sum();
            let far = step(&far.iter().map(|x| x / total).collect::<Vec<_>>());
            if far.iter().all(|x| x.is_finite()) && value(&far) >= value(&next) {
                next = far;
            }
        }
        w = next;
    }
    w
}
