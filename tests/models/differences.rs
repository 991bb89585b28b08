//! Derivatives against differences.

use aif::infer::Target;

/// The gradient against differences of the density, the Hessian against differences of the gradient.
pub fn derivatives(target: &dyn Target, scale: f64) {
    let d = target.dimension();
    let at: Vec<f64> = (0..d).map(|i| scale * (((i * 37 + 11) % 17) as f64 / 17.0 - 0.5)).collect();
    let gradient = |x: &[f64]| {
        let mut g = vec![0.0; d];
        let value = target.ln_density(x, &mut g).unwrap();
        (value, g)
    };
    let (value, own) = gradient(&at);
    let curvature = target.curvature(&at).unwrap();
    let hessian = curvature.dense(target.layout());
    assert!((curvature.value - value).abs() < 1e-9 * value.abs());
    for i in 0..d {
        let moved = |by: f64| {
            let mut x = at.clone();
            x[i] += by;
            gradient(&x)
        };
        let slope = |h: f64| (moved(h).0 - moved(-h).0) / (2.0 * h);
        let near = (4.0 * slope(5e-4) - slope(1e-3)) / 3.0;
        assert!((own[i] - near).abs() < 2e-6 * (1.0 + near.abs()), "gradient {i}: {} {near}", own[i]);
        assert!((own[i] - curvature.gradient[i]).abs() < 1e-9 * (1.0 + own[i].abs()), "gradient {i}");
        let (up, down) = (moved(1e-4).1, moved(-1e-4).1);
        for j in 0..d {
            let near = (up[j] - down[j]) / 2e-4;
            let got = hessian[(i, j)];
            assert!((got - near).abs() < 5e-5 * (1.0 + near.abs()), "Hessian {i} {j}: {got} {near}");
        }
    }
}
