/** Files that are dropped onto something. */
import { useRef, useState, type DragEvent } from "react";
import { texts } from "../../../texts";

export function useDrop(isOn: boolean, onFiles: (files: File[]) => void) {
  const [isOver, setOver] = useState(false);
  const [note, setNote] = useState<string | null>(null);
  // Entering a child is told before leaving its parent.
  const depth = useRef(0);
  const holdsFiles = (event: DragEvent) => isOn && event.dataTransfer.types.includes("Files");

  function move(event: DragEvent, by: number) {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    depth.current = Math.max(0, depth.current + by);
    setOver(depth.current > 0);
  }

  function drop(event: DragEvent) {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    depth.current = 0;
    setOver(false);
    const items = [...event.dataTransfer.items].filter((item) => item.kind === "file");
    const folders = items.filter((item) => item.webkitGetAsEntry()?.isDirectory);
    const files = items.filter((item) => !folders.includes(item)).flatMap((item) => item.getAsFile() ?? []);
    setNote(folders.length ? texts.files.noFolders : null);
    if (files.length) onFiles(files);
  }

  const handlers = {
    onDragEnter: (event: DragEvent) => move(event, 1),
    onDragOver: (event: DragEvent) => move(event, 0),
    onDragLeave: (event: DragEvent) => move(event, -1),
    onDrop: drop,
  };
  return { isOver, note, handlers };
}
