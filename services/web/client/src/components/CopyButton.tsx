import { Button } from "@mantine/core";
import { useState } from "react";
import { copyText } from "../lib/clipboard";
import { texts } from "../texts";
import { Icon } from "./Icon";

export function CopyButton({ text }: { text: string }) {
  const [isCopied, setCopied] = useState(false);
  async function copy() {
    await copyText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 2_000);
  }
  return (
    <Button
      variant="default"
      size="compact-xs"
      leftSection={<Icon name={isCopied ? "check" : "copy"} size={14} />}
      onClick={() => void copy()}
    >
      <span aria-live="polite">{isCopied ? texts.errors.copied : texts.errors.copy}</span>
    </Button>
  );
}
