/** Where a service's sources are: a folder of the checkout, or a git repository. */
import { Button, NativeSelect, SegmentedControl, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { useSources } from "../../api/services";
import { ErrorNote } from "../../components/ErrorNote";
import { folderProblem, refProblem, urlProblem } from "../../lib/publishing";
import { texts } from "../../texts";
import css from "./Publish.module.css";

const words = texts.publish;
type Way = keyof typeof words.ways;

export function PublishForm({ isBusy, onSend }: { isBusy: boolean; onSend: (inputs: Record<string, string>) => void }) {
  const sources = useSources();
  const [way, setWay] = useState<Way>("checkout");
  const [chosen, setChosen] = useState("");
  const [git, setGit] = useState({ url: "", ref: "", folder: "" });
  const folders = sources.data?.folders ?? [];
  const protocols = sources.data?.protocols ?? ["https"];
  const name = chosen || folders[0] || "";
  const problems = { url: git.url ? urlProblem(git.url, protocols) : null, ref: refProblem(git.ref), folder: folderProblem(git.folder) };
  const isReady = way === "checkout" ? !!name : !!git.url && !Object.values(problems).some(Boolean);

  function send(event: FormEvent) {
    event.preventDefault();
    if (isReady) onSend(way === "checkout" ? { folder: name } : git);
  }

  const field = (key: keyof typeof git) => ({
    label: words.fields[key],
    placeholder: words.placeholders[key],
    value: git[key],
    error: problems[key],
    maxLength: 500,
    spellCheck: false,
    "data-testid": `publish-${key}`,
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => setGit({ ...git, [key]: event.currentTarget.value.trim() }),
  });
  return (
    <form onSubmit={send} className={css.form}>
      <SegmentedControl
        aria-label={words.way}
        value={way}
        onChange={(value) => setWay(value as Way)}
        data={Object.entries(words.ways).map(([value, label]) => ({ value, label }))}
      />
      <ErrorNote error={sources.error} onRetry={() => void sources.refetch()} />
      {way === "checkout" ? (
        <div className={css.fields}>
          <NativeSelect
            label={words.service}
            description={words.checkoutHint}
            data={folders.length ? folders : [{ value: "", label: words.none }]}
            disabled={!folders.length}
            value={name}
            data-testid="publish-service"
            onChange={(event) => setChosen(event.currentTarget.value)}
          />
        </div>
      ) : (
        <div className={css.fields}>
          <TextInput {...field("url")} type="url" className={css.url} />
          <TextInput {...field("ref")} />
          <TextInput {...field("folder")} />
        </div>
      )}
      <div className={css.actions}>
        <Button type="submit" disabled={!isReady} loading={isBusy} data-testid="publish-submit">
          {words.submit}
        </Button>
      </div>
    </form>
  );
}
