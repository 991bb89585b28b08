//! The agent's walk as a film: its path over a picture of the plane, and what it believes over time.

use std::fmt::Write;

use aif::prelude::Domain;

use super::COLOURS;
use super::plane::{Plane, SIDE};
use crate::data::Data;
use crate::line::{Move, PLACES};
use crate::rollout::Walked;

/// Where beliefs are drawn, and how large a cell is.
const BELIEFS: (f64, f64) = (SIDE + 70.0, 60.0);
const CELL: (f64, f64) = (34.0, 44.0);

/// What is shown from some frame on, and up to another.
fn shown(from: usize, to: Option<usize>) -> String {
    to.map_or(format!("data-from=\"{from}\""), |to| format!("data-from=\"{from}\" data-to=\"{to}\""))
}

/// The film; without scripts all of it is seen at once.
pub fn film(title: &str, backdrop: &str, plane: Plane, data: &Data, walked: &Walked) -> String {
    let frames = walked.moves.len();
    let width = BELIEFS.0 + CELL.0 * (frames as f64 + 1.0) + 10.0;
    let mut page = format!(
        "<figure class=\"film\"><figcaption>{title}</figcaption><svg viewBox=\"0 0 {width} {}\" width=\"{width}\" role=\"img\" aria-label=\"{title}\">",
        SIDE + 30.0
    );
    let _ = write!(page, "<rect width=\"{SIDE}\" height=\"{SIDE}\" fill=\"#fff\" stroke=\"#ccc\"/>{backdrop}");
    page += &path(plane, data, walked);
    page += &beliefs(walked);
    page += &captions(walked);
    let _ = write!(
        page,
        "</svg><p><button type=\"button\">pause</button> <input type=\"range\" min=\"0\" max=\"{frames}\" value=\"0\" aria-label=\"moment\"></p></figure>"
    );
    page
}

fn path(plane: Plane, data: &Data, walked: &Walked) -> String {
    let mut svg = String::new();
    for (t, pair) in walked.places.windows(2).enumerate() {
        let ((x, y), (u, v)) = (plane.at(data.means[pair[0]]), plane.at(data.means[pair[1]]));
        let _ = write!(
            svg,
            "<line x1=\"{x:.1}\" y1=\"{y:.1}\" x2=\"{u:.1}\" y2=\"{v:.1}\" stroke=\"#d65e14\" stroke-width=\"4\" stroke-linecap=\"round\" {}/>",
            shown(t + 1, None)
        );
    }
    svg += &plane.places(data);
    for (t, (&place, &point)) in walked.places.iter().zip(&walked.points).enumerate() {
        let ((x, y), (u, v)) = (plane.at(data.means[place]), plane.at(point));
        let _ = write!(
            svg,
            "<circle cx=\"{u:.1}\" cy=\"{v:.1}\" r=\"4\" fill=\"#111\" stroke=\"#fff\" {}/><line x1=\"{x:.1}\" y1=\"{y:.1}\" x2=\"{u:.1}\" y2=\"{v:.1}\" stroke=\"#111\" stroke-dasharray=\"3 3\" {}/>",
            shown(t, None),
            shown(t, Some(t))
        );
    }
    for (t, &place) in walked.places.iter().enumerate() {
        let (x, y) = plane.at(data.means[place]);
        let _ = write!(
            svg,
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"16\" fill=\"none\" stroke=\"#d65e14\" stroke-width=\"4\" {}/>",
            shown(t, Some(t))
        );
    }
    svg
}

fn beliefs(walked: &Walked) -> String {
    let (left, top) = BELIEFS;
    let mut svg = format!("<text x=\"{left}\" y=\"24\" class=\"title\">belief over time</text>");
    let _ = write!(svg, "<text x=\"{left}\" y=\"46\">the ring is where it is</text>");
    for place in 0..PLACES {
        let y = top + place as f64 * CELL.1;
        let _ = write!(svg, "<circle cx=\"{}\" cy=\"{}\" r=\"8\" fill=\"{}\"/>", left - 34.0, y + CELL.1 / 2.0, COLOURS[place]);
        let _ = write!(svg, "<text x=\"{}\" y=\"{}\">{place}</text>", left - 20.0, y + CELL.1 / 2.0 + 4.0);
        for t in 0..walked.places.len() {
            let _ = write!(
                svg,
                "<rect x=\"{}\" y=\"{y}\" width=\"{}\" height=\"{}\" fill=\"none\" stroke=\"#e3e3e3\"/>",
                left + t as f64 * CELL.0,
                CELL.0,
                CELL.1
            );
        }
    }
    for (t, belief) in walked.beliefs.iter().enumerate() {
        for (place, p) in belief.iter().enumerate() {
            let _ = write!(
                svg,
                "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"#2664b2\" fill-opacity=\"{p:.3}\" {}/>",
                left + t as f64 * CELL.0 + 1.0,
                top + place as f64 * CELL.1 + 1.0,
                CELL.0 - 2.0,
                CELL.1 - 2.0,
                shown(t, None)
            );
        }
    }
    for (t, &place) in walked.places.iter().enumerate() {
        let (x, y) = (left + (t as f64 + 0.5) * CELL.0, top + (place as f64 + 0.5) * CELL.1);
        let _ = write!(
            svg,
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"9\" fill=\"none\" stroke=\"#d65e14\" stroke-width=\"3\" {}/>",
            shown(t, None)
        );
        let below = top + PLACES as f64 * CELL.1 + 18.0;
        let _ = write!(svg, "<text x=\"{x}\" y=\"{below}\" text-anchor=\"middle\" class=\"small\">{t}</text>");
    }
    svg
}

fn captions(walked: &Walked) -> String {
    let mut svg = String::new();
    let y = SIDE + 22.0;
    for (t, &place) in walked.places.iter().enumerate() {
        let words = match (walked.points.get(t), walked.moves.get(t).and_then(|&go| Move::from_index(go))) {
            (Some([u, v]), Some(go)) => {
                let belief = &walked.beliefs[t];
                let best = crate::assess::largest(belief);
                format!(
                    "moment {t}: at place {place}, sees ({u:.1}, {v:.1}), believes to be at {best} (probability {:.3}), goes {}",
                    belief[best],
                    go.label().to_lowercase()
                )
            }
            _ => format!("moment {t}: at place {place}"),
        };
        let _ = write!(svg, "<text x=\"0\" y=\"{y}\" {}>{words}</text>", shown(t, Some(t)));
    }
    svg
}

/// What makes films play; one script for all of them.
pub const SCRIPT: &str = "document.querySelectorAll('.film').forEach(film => {
  const moment = film.querySelector('input'), button = film.querySelector('button');
  const items = [...film.querySelectorAll('[data-from]')];
  const show = () => items.forEach(item => {
    const t = Number(moment.value), to = item.dataset.to;
    const on = t >= Number(item.dataset.from) && (to === undefined || t <= Number(to));
    item.style.visibility = on ? 'visible' : 'hidden';
  });
  let timer = null;
  const play = on => {
    clearInterval(timer);
    timer = on ? setInterval(() => { moment.value = (Number(moment.value) + 1) % (Number(moment.max) + 1); show(); }, 900) : null;
    button.textContent = on ? 'pause' : 'play';
  };
  button.addEventListener('click', () => play(timer === null));
  moment.addEventListener('input', () => { play(false); show(); });
  show();
  play(true);
});";
