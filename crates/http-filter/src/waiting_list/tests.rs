use super::*;
use proptest::prelude::*;

const FAR: Duration = Duration::from_secs(100);
const NOW: Duration = Duration::from_secs(1);

fn everybody(list: &mut WaitingList<u32>, now: Duration) -> Vec<u32> {
    std::iter::from_fn(|| list.next(now))
        .map(|(_, what)| what)
        .collect()
}

#[test]
fn who_came_first_is_looked_at_first_and_once_a_round() {
    let mut list = WaitingList::default();
    for what in 0..3 {
        assert!(list.add(0, FAR, 0, what).is_some());
    }
    assert!(
        everybody(&mut list, NOW).is_empty(),
        "they have just been looked at"
    );
    for (progress, seen) in [(1, &[0, 1, 2][..]), (1, &[]), (2, &[0, 1, 2]), (1, &[0, 1, 2])] {
        list.begin(progress);
        assert_eq!(everybody(&mut list, NOW), seen, "{progress}");
    }
}

#[test]
fn a_round_goes_on_where_it_was_left() {
    let mut list = WaitingList::default();
    for what in 0..4 {
        assert!(list.add(0, FAR, 0, what).is_some());
    }
    list.begin(1);
    assert_eq!(list.next(NOW).map(|(_, what)| what), Some(0));
    list.begin(1);
    assert!(list.has_next(NOW));
    assert_eq!(everybody(&mut list, NOW), [1, 2, 3]);
    assert!(!list.has_next(NOW));
}

#[test]
fn a_change_in_the_middle_of_a_round_passes_nobody_over() {
    let mut list = WaitingList::default();
    for what in 0..4 {
        assert!(list.add(0, FAR, 0, what).is_some());
    }
    let mut seen = Vec::new();
    for progress in 1..=6 {
        list.begin(progress);
        seen.extend(list.next(NOW).map(|(_, what)| what));
    }
    assert_eq!(seen, [0, 1, 2, 3, 0, 1]);
    assert_eq!(
        everybody(&mut list, NOW),
        [2, 3, 0],
        "each once since the last change"
    );
}

#[test]
fn tenants_take_turns() {
    let mut list = WaitingList::default();
    for (tenant, what) in [(7, 70), (7, 71), (7, 72), (9, 90), (9, 91), (8, 80)] {
        assert!(list.add(tenant, FAR, 0, what).is_some());
    }
    list.begin(1);
    assert_eq!(everybody(&mut list, NOW), [70, 90, 80, 71, 91, 72]);
}

#[test]
fn who_is_due_leaves_before_others_are_looked_at() {
    let mut list = WaitingList::default();
    for (due, what) in [(FAR, 0), (NOW, 1), (NOW, 2)] {
        assert!(list.add(0, due, 10, what).is_some());
    }
    assert_eq!(list.first_due(), Some(NOW));
    assert!(list.has_next(NOW));
    assert_eq!(everybody(&mut list, NOW), [1, 2]);
    assert_eq!((list.len(), list.bytes, list.first_due()), (1, 10, Some(FAR)));
    assert!(!list.has_next(NOW));
}

#[test]
fn the_list_is_full() {
    for (name, tenants, bytes, most) in [
        ("of one tenant", 1, 0, MOST_WAITING_OF_ONE),
        ("of all", 5, 0, MOST_WAITING),
        ("of bytes", 5, MOST_WAITING_BYTES / 10, 10),
    ] {
        let mut list = WaitingList::default();
        let tickets: Vec<_> = (0..MOST_WAITING as u32 * 2)
            .filter_map(|what| list.add(what % tenants, FAR, bytes, what))
            .collect();
        assert_eq!((tickets.len(), list.len()), (most, most), "{name}");
        for ticket in tickets {
            list.leave(ticket);
            list.leave(ticket);
        }
        assert!(list.is_empty() && list.queues.is_empty(), "{name}");
        assert_eq!(list.bytes, 0, "{name}");
        assert!(
            list.add(0, FAR, bytes, 0).is_some(),
            "{name}: there is room again"
        );
    }
}

#[derive(Clone, Debug)]
enum Step {
    Add { tenant: u32, due: u64 },
    Leave(usize),
    Begin(u64),
    Look(usize),
    Later(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (0..4u32, 0..50u64).prop_map(|(tenant, due)| Step::Add { tenant, due }),
        1 => (0..64usize).prop_map(Step::Leave),
        1 => (0..3u64).prop_map(Step::Begin),
        2 => (0..6usize).prop_map(Step::Look),
        1 => (0..10u64).prop_map(Step::Later),
    ];
    prop::collection::vec(step, 0..120)
}

proptest! {
    /// Whatever comes and goes: nobody is lost, nobody is looked at twice in a round, and who is due is seen.
    #[test]
    fn nobody_is_lost(steps in steps()) {
        let (mut list, mut tickets, mut now) = (WaitingList::default(), Vec::new(), 0);
        let mut known = std::collections::BTreeMap::new();
        for (what, step) in steps.into_iter().enumerate() {
            let what = what as u32;
            match step {
                Step::Add { tenant, due } => {
                    let due = Duration::from_millis(now + due);
                    let ticket = list.add(tenant, due, 1, what).unwrap();
                    tickets.push((ticket, what));
                    known.insert(what, due);
                }
                Step::Leave(place) => {
                    if let Some((ticket, what)) = tickets.get(place) {
                        list.leave(*ticket);
                        known.remove(what);
                    }
                }
                Step::Begin(progress) => list.begin(progress),
                Step::Look(most) => {
                    for _ in 0..most {
                        let time = Duration::from_millis(now);
                        let Some((ticket, what)) = list.next(time) else { break };
                        prop_assert_eq!(known.get(&what), Some(&ticket.due));
                        if ticket.is_due(time) {
                            known.remove(&what);
                        }
                    }
                }
                Step::Later(by) => now += by,
            }
            prop_assert_eq!(list.len(), known.len());
            prop_assert_eq!(list.bytes, known.len());
            prop_assert_eq!(list.first_due(), known.values().min().copied());
        }
        let end = Duration::from_secs(9);
        let mut left = everybody(&mut list, end);
        left.sort_unstable();
        prop_assert_eq!(left, known.into_keys().collect::<Vec<_>>());
    }

    /// Who was there when a round began and stays is seen in it, exactly once, whoever comes and goes meanwhile.
    #[test]
    fn a_round_passes_nobody_over(
        first in prop::collection::vec(10..90u64, 1..20),
        before in 0..40usize,
        steps in prop::collection::vec((0..3u8, 10..90u64), 0..60),
    ) {
        let due = |seconds: u64| Duration::from_secs(seconds);
        let mut list = WaitingList::default();
        let mut tickets = std::collections::BTreeMap::new();
        for (what, seconds) in first.iter().enumerate() {
            tickets.insert(what as u32, list.add(0, due(*seconds), 0, what as u32).unwrap());
        }
        list.begin(1);
        for _ in 0..before {
            list.next(NOW);
        }
        list.begin(2);
        let mut expected: Vec<u32> = tickets.keys().copied().collect();
        let mut seen = Vec::new();
        for (number, (step, value)) in steps.into_iter().enumerate() {
            let newcomer = 1000 + number as u32;
            match step {
                0 => {
                    tickets.insert(newcomer, list.add(0, due(value), 0, newcomer).unwrap());
                }
                1 => {
                    let gone = tickets.keys().nth(value as usize % tickets.len().max(1)).copied();
                    if let Some(ticket) = gone.and_then(|gone| tickets.remove(&gone)) {
                        list.leave(ticket);
                    }
                    expected.retain(|what| Some(*what) != gone || seen.contains(what));
                }
                _ => seen.extend(list.next(NOW).map(|(_, what)| what)),
            }
        }
        seen.extend(everybody(&mut list, NOW));
        seen.retain(|what| *what < 1000);
        seen.sort_unstable();
        prop_assert_eq!(seen, expected);
    }

    /// In a round, each is looked at once, those of one tenant in the order in which they're due.
    #[test]
    fn a_round_sees_everybody_once(waiting in prop::collection::vec((0..4u32, 10..90u64), 0..60)) {
        let mut list = WaitingList::default();
        for (what, (tenant, due)) in waiting.iter().enumerate() {
            prop_assert!(list.add(*tenant, Duration::from_secs(*due), 0, what as u32).is_some());
        }
        list.begin(1);
        let seen = everybody(&mut list, NOW);
        for tenant in 0..4 {
            let of_one = |what: &&u32| waiting[**what as usize].0 == tenant;
            let order: Vec<_> = seen.iter().filter(of_one).map(|what| (waiting[*what as usize].1, *what)).collect();
            prop_assert!(order.is_sorted(), "{:?}", order);
        }
        let mut seen = seen;
        seen.sort_unstable();
        prop_assert_eq!(seen, (0..waiting.len() as u32).collect::<Vec<_>>());
    }
}
