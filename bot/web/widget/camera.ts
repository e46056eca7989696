/** A small camera for computers; telephones open their own through a file input with `capture`. */
import { make } from "../shared/dom.ts";
import { icon } from "../shared/icons.ts";
import type { Words } from "./words.ts";

export async function hasCamera(): Promise<boolean> {
  try {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.some((device) => device.kind === "videoinput");
  } catch {
    return false;
  }
}

/** Shows the camera's picture until the customer takes one or gives up (null). @throws if the camera is refused. */
export async function takePhoto(words: Words): Promise<File | null> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
  const video = make("video", { autoplay: true, playsinline: true, muted: true });
  video.muted = true;
  video.srcObject = stream;
  const shutter = make("button", { type: "button", class: "shutter", "aria-label": words.shutter });
  const cancel = make("button", { type: "button", class: "dialog-close", "aria-label": words.cancel }, icon("close"));
  const dialog = make("dialog", { class: "camera", "aria-label": words.takePhoto }, video, shutter, cancel);
  document.body.append(dialog);
  dialog.showModal();
  shutter.focus();
  return new Promise((resolve) => {
    let taken: File | null = null;
    cancel.addEventListener("click", () => dialog.close());
    shutter.addEventListener("click", () => {
      const canvas = document.createElement("canvas");
      Object.assign(canvas, { width: video.videoWidth, height: video.videoHeight });
      canvas.getContext("2d")?.drawImage(video, 0, 0);
      canvas.toBlob((blob) => {
        taken = blob && new File([blob], "camera.jpg", { type: "image/jpeg" });
        dialog.close();
      }, "image/jpeg", 0.92);
    });
    dialog.addEventListener("close", () => {
      for (const track of stream.getTracks()) track.stop();
      dialog.remove();
      resolve(taken);
    });
  });
}
