import list from "../../components/List.module.css";
import { PageHead } from "../../components/PageHead";
import { texts } from "../../texts";
import { Appearance } from "./Appearance";
import { Sessions } from "./Sessions";
import css from "./Settings.module.css";
import { Tokens } from "./Tokens";

export function SettingsPage() {
  return (
    <div className={`${list.page} ${css.page}`}>
      <PageHead title={texts.settings.title} />
      <Appearance />
      <Sessions />
      <Tokens />
    </div>
  );
}
