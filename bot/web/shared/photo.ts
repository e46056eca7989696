/** A photo before it leaves the device: made small in the browser, upright, without its place and camera. */

export const MAX_SIDE = 1280;
const QUALITY = 0.85;
/** The server's own limit; asked here too, so that nobody waits for an upload that must fail. */
export const MAX_BYTES = 12 * 2 ** 20;

export type PhotoProblem = "not_picture" | "too_large" | "failed";

export class PhotoError extends Error {
  constructor(
    readonly problem: PhotoProblem,
    /** The server's own sentence in the customer's language, if it gave one. */
    readonly sentence: string | null = null,
    readonly status = 0,
  ) {
    super(sentence ?? problem);
  }
}

/** The size that fits into a square of `side` without being enlarged. */
export function fit(width: number, height: number, side = MAX_SIDE): { width: number; height: number } {
  const scale = Math.min(1, side / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

export function looksLikePicture(file: File): boolean {
  return file.type.startsWith("image/") || (file.type === "" && /\.(jpe?g|png|webp|gif|bmp|avif|hei[cf])$/i.test(file.name));
}

/**
 * Decodes, turns upright (EXIF), scales down and encodes as JPEG, which also leaves the place and the camera behind.
 * A picture that only the server can read (HEIC in most browsers) is passed on as it is.
 * @throws PhotoError for what is no picture or too large.
 */
export async function shrink(file: File): Promise<Blob> {
  if (!looksLikePicture(file)) throw new PhotoError("not_picture");
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    if (file.size > MAX_BYTES) throw new PhotoError("too_large");
    // The declared type of a broken file proves nothing; only formats that browsers cannot open get the server's chance.
    if (/hei[cf]|tiff|avif/i.test(file.type + file.name)) return file;
    throw new PhotoError("not_picture");
  }
  const { width, height } = fit(bitmap.width, bitmap.height);
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d", { alpha: false })!;
  // Transparent pictures are mostly cut-outs; on white they look like the catalogue's.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  if (!blob) throw new PhotoError("not_picture");
  return blob;
}
