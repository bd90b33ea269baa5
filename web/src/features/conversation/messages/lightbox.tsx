import { Download, Maximize, X, ZoomIn, ZoomOut } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { LightboxPicture } from "./lightbox-context";
import { useZoom, type ZoomControls } from "./use-zoom";
import classes from "./lightbox.module.css";

interface LightboxProps {
  picture: LightboxPicture;
  onClose: () => void;
}

/** One picture over everything. The default export, because it is loaded when the first picture is opened. */
export default function Lightbox({ picture, onClose }: LightboxProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const controls = useZoom(stage);
  const [dragging, setDragging] = useState(false);
  const { zoom } = controls;

  useEffect(() => {
    dialog.current?.showModal();
  }, []);

  const close = () => dialog.current?.close();
  return (
    <dialog
      ref={dialog}
      className={classes.dialog}
      aria-label={picture.alt}
      onClose={onClose}
      onKeyDown={controls.onKeyDown}
    >
      <Bar picture={picture} controls={controls} onClose={close} />
      <div
        ref={stage}
        className={classes.stage}
        data-zoomed={zoom.scale > 1}
        data-dragging={dragging}
        onClick={(event) => {
          if (event.target === event.currentTarget) close();
        }}
        onDoubleClick={(event) => controls.toggleAt(event.clientX, event.clientY)}
        onPointerDown={() => setDragging(zoom.scale > 1)}
        onPointerMove={(event) => {
          if (dragging) controls.move(event.movementX, event.movementY);
        }}
        onPointerUp={() => setDragging(false)}
        onPointerLeave={() => setDragging(false)}
      >
        <img
          src={picture.url}
          alt={picture.alt}
          draggable={false}
          style={{ transform: `translate(${zoom.x}px, ${zoom.y}px) scale(${zoom.scale})` }}
        />
      </div>
    </dialog>
  );
}

interface BarProps {
  picture: LightboxPicture;
  controls: ZoomControls;
  onClose: () => void;
}

function Bar({ picture, controls, onClose }: BarProps) {
  const { t } = useTranslation("messages");
  return (
    <div className={classes.bar}>
      <span className={classes.name}>{picture.alt}</span>
      <button type="button" aria-label={t("lightbox.zoomOut")} onClick={controls.zoomOut}>
        <ZoomOut size={20} aria-hidden />
      </button>
      <span className={classes.percent} aria-live="polite">
        {Math.round(controls.zoom.scale * 100)}%
      </span>
      <button type="button" aria-label={t("lightbox.zoomIn")} onClick={controls.zoomIn}>
        <ZoomIn size={20} aria-hidden />
      </button>
      <button type="button" aria-label={t("lightbox.whole")} onClick={controls.showWhole}>
        <Maximize size={18} aria-hidden />
      </button>
      <a href={picture.url} download={picture.fileName ?? true} aria-label={t("lightbox.download")}>
        <Download size={20} aria-hidden />
      </a>
      <button type="button" aria-label={t("lightbox.close")} onClick={onClose}>
        <X size={22} aria-hidden />
      </button>
    </div>
  );
}
