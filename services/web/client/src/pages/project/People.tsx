/** Who has this project open now, by their initials; the words say their names. */
import { useUser } from "../../api/session";
import { initialsOf, othersFirst, type Person } from "../../lib/people";
import { texts } from "../../texts";
import css from "./People.module.css";

const words = texts.project;
const SHOWN = 4;

export function People({ people }: { people: Person[] }) {
  const me = useUser()?.id;
  const all = othersFirst(people, me);
  const names = all.map((each) => words.person(each.name, each.id === me, each.tabs)).join(", ");
  return (
    <div className={css.people} data-testid="people" role="img" aria-label={names ? words.peopleTitle(names) : words.alone} title={names || words.alone}>
      <span className={css.marks} aria-hidden>
        {all.slice(0, SHOWN).map((each) => (
          <span key={each.id} className={css.mark} data-me={each.id === me || undefined}>
            {initialsOf(each.name)}
          </span>
        ))}
      </span>
      <span className={css.count}>{words.people(Math.max(1, all.length))}</span>
    </div>
  );
}
