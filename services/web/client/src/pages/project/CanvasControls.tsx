/** The buttons in the canvas's corner: zoom, fit, undo, redo, map. */
import { ControlButton, Controls } from "@xyflow/react";
import { Icon } from "../../components/Icon";
import { useHistoryView } from "../../lib/history";
import { texts } from "../../texts";
import { useProjectActions } from "./ProjectActions";

const words = texts.edits;

export function CanvasControls({ hasMap, onMap }: { hasMap: boolean; onMap: () => void }) {
  const { history } = useProjectActions().edits;
  const { undoLabel, redoLabel } = useHistoryView(history);
  return (
    <Controls showInteractive={false} aria-label={words.controls} fitViewOptions={{ maxZoom: 1, padding: 0.2 }}>
      <ControlButton data-testid="undo" disabled={!undoLabel} aria-label={words.undo(undoLabel)} title={`${words.undo(undoLabel)} (Ctrl+Z)`} onClick={() => history.undo()}>
        <Icon name="undo" />
      </ControlButton>
      <ControlButton data-testid="redo" disabled={!redoLabel} aria-label={words.redo(redoLabel)} title={`${words.redo(redoLabel)} (Ctrl+Shift+Z)`} onClick={() => history.redo()}>
        <Icon name="redo" />
      </ControlButton>
      <ControlButton aria-label={words.map} title={words.map} aria-pressed={hasMap} onClick={onMap}>
        <Icon name="map" />
      </ControlButton>
    </Controls>
  );
}
