import list from "../../components/List.module.css";
import { PageHead } from "../../components/PageHead";
import { texts } from "../../texts";
import { Account } from "./Account";
import { Appearance } from "./Appearance";
import { Password } from "./Password";
import { Sessions } from "./Sessions";
import css from "./Settings.module.css";
import { Tokens } from "./Tokens";

export function SettingsPage() {
  return (
    <div className={`${list.page} ${css.page}`}>
      <PageHead title={texts.settings.title} />
      <Account />
      <Password />
      <Appearance />
      <Sessions />
      <Tokens />
    </div>
  );
}
