"""The workbench application: views that parse, call one verb of the control plane, and answer."""
