import type { Service } from "../../api/types";
import { Icon } from "../../components/Icon";
import list from "../../components/List.module.css";
import type { Offer } from "../../lib/catalogue";
import { exactOf } from "../../lib/time";
import { texts } from "../../texts";
import css from "./Services.module.css";

const words = texts.catalogue;

export function ServiceRow({ offer, fresh }: { offer: Offer; fresh?: string | undefined }) {
  const { newest } = offer;
  return (
    <li className={`${list.row} ${css.row}`} data-testid="service-row" data-service-key={offer.key}>
      <span className={css.icon} title={words.kinds[newest.type]}>
        <Icon name={newest.type === "dynamic" ? "interactive" : "compute"} />
      </span>
      <div className={css.what}>
        <strong>{newest.name}</strong>
        <p>{newest.description}</p>
        <code>{offer.key}</code>
      </div>
      <ul className={css.versions}>
        {offer.versions.map((each) => (
          <VersionMark key={each.version} service={each} isFresh={each.version === fresh} />
        ))}
      </ul>
    </li>
  );
}

function VersionMark({ service, isFresh }: { service: Service; isFresh: boolean }) {
  const at = service.deprecated_at && exactOf(service.deprecated_at);
  const hint = at ? (service.is_deprecated ? words.deprecatedSince(at) : words.deprecatedFrom(at)) : undefined;
  return (
    <li title={hint} data-deprecated={service.is_deprecated || undefined} data-fresh={isFresh || undefined}>
      {service.version}
      {isFresh && <span> {texts.publish.fresh}</span>}
      {service.is_deprecated && <span> {words.deprecated}</span>}
      {hint && <span className="sr-only">{hint}</span>}
    </li>
  );
}
