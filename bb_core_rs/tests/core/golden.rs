//! Known answers: the words published with Random123, and the games that every engine reproduces.

use bb_core_rs::counts::{NIGHTS, OWN, RUINED, SAFE, SAVES, TERMINATED};
use bb_core_rs::draws::philox4x32;
use bb_core_rs::rollout::{Request, play};
use bb_core_rs::stepper::Stepper;
use serde_json::{Value, json};

use crate::common::{Compiled, Scenario, Strategy, read};

fn golden() -> Value {
    serde_json::from_str(&read("golden.json")).expect("valid JSON")
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().expect("a list")
}

fn compile(game: &Value) -> Compiled {
    let scenario =
        game["scenario"].as_str().map_or_else(|| Scenario::from_json(&game["scenario"]), Scenario::named);
    let team: Vec<Strategy> = list(&game["seats"]).iter().map(Strategy::from_json).collect();
    Compiled::single(&scenario, &team)
}

/// The ten tallies of every agent (rules.md, section 7) from a row of counts.
fn tallies(counts: &[i32], agents: usize) -> Value {
    let shared = &counts[OWN * agents..];
    let rows = counts[..OWN * agents].chunks_exact(OWN).map(|own| {
        json!({
            "worked": own[0],
            "rested": shared[NIGHTS] - own[0],
            "distance": own[1],
            "own_saves": own[2],
            "other_saves": shared[SAVES] - own[2],
            "own_ruined": own[3],
            "other_ruined": shared[RUINED] - own[3],
            "nights": shared[NIGHTS],
            "safe": shared[SAFE],
            "ruined": shared[RUINED],
        })
    });
    Value::Array(rows.collect())
}

#[test]
fn philox_gives_the_published_words() {
    let vectors = golden();
    let words = |value: &Value| -> Vec<u32> {
        list(value).iter().map(|word| word.as_u64().expect("a word").try_into().expect("32 bits")).collect()
    };
    let four = |value: &Value| -> [u32; 4] { words(value).try_into().expect("four words") };
    assert_eq!(list(&vectors["philox4x32_10"]).len(), 3);
    for vector in list(&vectors["philox4x32_10"]) {
        let key: [u32; 2] = words(&vector["key"]).try_into().expect("two words");
        assert_eq!(philox4x32(four(&vector["counter"]), key), four(&vector["words"]));
    }
}

#[test]
fn whole_games_are_reproduced() {
    let golden = golden();
    assert_eq!(list(&golden["games"]).len(), 126);
    for (number, game) in list(&golden["games"]).iter().enumerate() {
        let compiled = compile(game);
        let request = Request {
            seed: game["seed"].as_u64().expect("a seed"),
            games: 1,
            first_game: &[game["game"].as_u64().expect("a game")],
            keep_games: true,
            second_moments: false,
            workers: Some(1),
        };
        let program = compiled.program().expect("a valid program");
        let counts = play(&program, &request, || true).expect("a valid request").per_game;
        let agents = compiled.num_agents;
        assert_eq!(tallies(&counts, agents), game["tallies"], "game {number}");
        assert_eq!(counts[OWN * agents + TERMINATED] == 1, game["terminated"], "game {number}");
    }
}

#[test]
fn games_are_reproduced_night_by_night() {
    let mut watched = 0;
    for (number, game) in list(&golden()["games"]).iter().enumerate() {
        let compiled = compile(game);
        let program = compiled.program().expect("a valid program").into_owned();
        let seed = game["seed"].as_u64().expect("a seed");
        let played = game["game"].as_u64().expect("a game");
        let mut stepper = Stepper::new(program, seed, &[0], &[played]).expect("a valid request");
        let mut houses = vec![json!(stepper.houses())];
        let mut actions = vec![];
        while stepper.finished() == [0] {
            let chosen = stepper.decide();
            actions.push(chosen.chunks_exact(3).map(|triple| json!(triple)).collect::<Value>());
            stepper.apply(&chosen).expect("valid actions");
            assert_eq!(stepper.last_actions(), chosen);
            houses.push(json!(stepper.houses()));
        }
        assert_eq!(tallies(stepper.counts(), compiled.num_agents), game["tallies"], "game {number}");
        assert_eq!(stepper.finished() == [1], game["terminated"], "game {number}");
        if game.get("houses").is_some() {
            watched += 1;
            assert_eq!(Value::Array(houses), game["houses"], "game {number}");
            assert_eq!(Value::Array(actions), game["actions"], "game {number}");
        }
    }
    assert_eq!(watched, 8);
}
