/** A photo's way to the server, with progress. */
import { PhotoError } from "../shared/photo.ts";

export interface StoredPhoto {
  photo: string;
  url: string;
}

/** Sends the photo; XMLHttpRequest because `fetch` cannot tell how far an upload is. @throws PhotoError, AbortError. */
export function upload(
  blob: Blob,
  { url, token, language, onProgress, signal }: {
    url: string;
    token: string;
    language: string;
    onProgress: (share: number) => void;
    signal: AbortSignal;
  },
): Promise<StoredPhoto> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.responseType = "json";
    request.timeout = 60_000;
    request.setRequestHeader("Authorization", `Bearer ${token}`);
    request.setRequestHeader("X-Language", language);
    request.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 0);
    request.onload = () => {
      const answer = (request.response ?? {}) as Partial<StoredPhoto> & { text?: string };
      if (request.status === 201 || request.status === 200) {
        resolve({ photo: String(answer.photo), url: String(answer.url) });
      } else {
        const sentence = typeof answer.text === "string" && request.status < 500 ? answer.text : null;
        reject(new PhotoError(request.status === 413 ? "too_large" : "failed", sentence, request.status));
      }
    };
    request.onerror = request.ontimeout = () => reject(new PhotoError("failed"));
    signal.addEventListener("abort", () => {
      request.abort();
      reject(new DOMException("cancelled", "AbortError"));
    });
    const form = new FormData();
    form.append("photo", blob, blob.type === "image/jpeg" ? "photo.jpg" : "photo");
    request.send(form);
  });
}
