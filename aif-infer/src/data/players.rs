//! Tables of societies: one row for each round, a column for each player's action and observation, `ann.sight` and `ann.go`. Of each player
//! whose columns a behaviour needs, a subject is made.

use std::collections::BTreeSet;

use super::error::listed;
use super::options::DataOptions;
use super::raw::{Places, RawTable, column};
use super::schema::Schema;

/// The column that tells games apart, where a table has several: the players of each are subjects of their own.
pub(super) const GAME: &str = "game";

/// The player and the column that a name is of.
fn parts(name: &str) -> Option<(&str, &str)> {
    name.rsplit_once('.').filter(|(player, own)| !player.is_empty() && !own.is_empty())
}

/// Whether a column is a player's of one of these names, in lower case.
pub(super) fn is_of_player(name: &str, wanted: impl Fn(&str) -> bool) -> bool {
    parts(name).is_some_and(|(_, own)| wanted(&own.to_lowercase()))
}

/// A table with a row for each player of each round, where it is one of a society; else as it is.
pub(super) fn unfolded(table: RawTable, schema: &Schema, options: &DataOptions) -> RawTable {
    let own = |name: &str| column(&table.header, options.column(name)).ok();
    if !schema.players || own("subject").is_some() || ["subjID", "participant_id"].iter().any(|name| own(name).is_some()) {
        return table;
    }
    let names: Vec<&str> = schema.columns().filter(|c| c.is_recorded()).map(|c| options.column(c.name)).collect();
    // In the order of the columns.
    let (mut seen, mut players, mut others) = (BTreeSet::new(), Vec::new(), Vec::new());
    let known = Places::new(&table.header);
    for (player, _) in table.header.iter().filter_map(|name| parts(name)) {
        // Names that differ in the case of letters only are one.
        if !seen.insert(player.to_lowercase()) {
            continue;
        }
        let places: Option<Vec<usize>> = names.iter().map(|name| known.place(&format!("{player}.{name}"))).collect();
        match places {
            Some(places) => players.push((player, places)),
            None => others.push(player),
        }
    }
    if players.is_empty() {
        return table;
    }
    let keys: Vec<(&str, usize)> =
        ["session", schema.rows.noun(), "scored"].into_iter().filter_map(|key| Some((options.column(key), own(key)?))).collect();
    let (game, block) = (own(GAME), own("block"));
    let mut header = vec![options.column("subject"), options.column("block")];
    header.extend(keys.iter().map(|(name, _)| *name));
    header.extend(&names);
    let mut long = RawTable::new(&table.path, header.into_iter().map(String::from).collect());
    for (player, places) in &players {
        for row in table.rows() {
            let named = |at| match row.cell(at) {
                // A game without a name has subjects without one, which is complained of.
                missing if options.is_missing(missing) => missing.to_owned(),
                game => format!("{game}.{player}"),
            };
            let subject = game.map_or_else(|| player.to_string(), named);
            let cells = [subject.as_str(), block.map_or("1", |at| row.cell(at))].into_iter();
            let cells = cells.chain(keys.iter().map(|(_, at)| row.cell(*at))).chain(places.iter().map(|&at| row.cell(at)));
            long.push(row.line, cells);
        }
    }
    let of_each = if game.is_some() { " of each game" } else { "" };
    let mut remark = format!("a table of a society: {}{of_each} are subjects", listed(players.iter().map(|(player, _)| player)));
    if !others.is_empty() {
        remark += &format!("; {} not, without the columns {}", listed(&others), listed(&names));
    }
    let mut used: BTreeSet<usize> = players.iter().flat_map(|(_, places)| places).copied().collect();
    used.extend(keys.iter().map(|(_, at)| *at).chain(game).chain(block));
    let of_others = |name: &str| parts(name).is_some_and(|(player, _)| others.contains(&player));
    let ignored = |(at, name): &(usize, &String)| !used.contains(at) && !name.is_empty() && !of_others(name);
    let ignored: Vec<&String> = table.header.iter().enumerate().filter(ignored).map(|(_, name)| name).collect();
    if !ignored.is_empty() {
        remark += &format!("; ignored the columns {}", listed(ignored));
    }
    long.mark = table.mark;
    long.mark.add("unfolded");
    long.remarks = table.remarks;
    long.remarks.push(remark);
    long
}
