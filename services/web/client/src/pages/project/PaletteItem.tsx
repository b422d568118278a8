import { Menu } from "@mantine/core";
import { useState, type DragEvent, type KeyboardEvent } from "react";
import type { Service } from "../../api/types";
import { Icon } from "../../components/Icon";
import type { Offer } from "../../lib/catalogue";
import { texts } from "../../texts";
import css from "./Palette.module.css";

/** What a dragged service is called on its way to the canvas. */
export const DRAGGED = "application/x-werkbank-service";

type Props = { offer: Offer; onAdd: (service: Service) => void; onWalk: (event: KeyboardEvent, by: number) => void };

export function PaletteItem({ offer, onAdd, onWalk }: Props) {
  const [chosen, setChosen] = useState<string | null>(null);
  const service = offer.versions.find((each) => each.version === chosen) ?? offer.newest;

  function drag(event: DragEvent) {
    event.dataTransfer.setData(DRAGGED, JSON.stringify({ key: service.key, version: service.version }));
    event.dataTransfer.effectAllowed = "copy";
  }

  function onKey(event: KeyboardEvent) {
    if (event.key === "ArrowDown") onWalk(event, 1);
    if (event.key === "ArrowUp") onWalk(event, -1);
  }

  return (
    <div className={css.item}>
      <button
        type="button"
        className={css.add}
        data-testid="palette-item"
        data-service-key={service.key}
        data-service-version={service.version}
        title={service.description}
        draggable
        onDragStart={drag}
        onKeyDown={onKey}
        onClick={() => onAdd(service)}
      >
        <Icon name={service.type === "dynamic" ? "interactive" : "compute"} />
        <span className="sr-only">{texts.palette.add}</span>
        <span className={css.words}>
          <span className={css.name}>{service.name}</span>
          <span className={css.description}>{service.description}</span>
        </span>
        {offer.versions.length === 1 && <span className={css.version}>{service.version}</span>}
      </button>
      {offer.versions.length > 1 && (
        <Menu position="bottom-end">
          <Menu.Target>
            <button type="button" className={css.versions} aria-label={texts.palette.versionOf(service.name)}>
              {service.version} <Icon name="down" size={12} />
            </button>
          </Menu.Target>
          <Menu.Dropdown>
            {offer.versions.map((each) => (
              <Menu.Item key={each.version} onClick={() => setChosen(each.version)}>
                {each.version}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </div>
  );
}
