//! Numbers for people.

/// The middle one of some measurements.
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// Seconds as milliseconds.
pub(crate) fn ms(seconds: f64) -> String {
    if seconds < 0.1 {
        format!("{:.3} ms", seconds * 1000.0)
    } else {
        format!("{:.0} ms", seconds * 1000.0)
    }
}

/// One row: ours, the limit, their ratio, and the goal for it.
pub(crate) fn report(name: &str, saylog: &str, bare: &str, ratio: f64, goal: &str) {
    println!("{name:<44} {saylog:>12} {bare:>12} {ratio:>7.2}  {goal}");
}

/// One row of ours alone, and the goal for it.
pub(crate) fn row(name: &str, figure: &str, goal: &str) {
    println!("{name:<44} {figure:>12} {goal:>29}");
}
