/* A text as a QR code. */
import qrcode from 'qrcode-generator';

const QR_CELL = 4;
const QR_MARGIN = 4;

export function QrCode({ text, label }: { text: string; label: string }) {
  const code = qrcode(0, 'M');
  code.addData(text);
  code.make();
  const count = code.getModuleCount();
  let path = '';
  for (let y = 0; y < count; y += 1) {
    for (let x = 0; x < count; x += 1) if (code.isDark(y, x)) path += `M${x + QR_MARGIN} ${y + QR_MARGIN}h1v1h-1z`;
  }
  const size = count + 2 * QR_MARGIN;
  return (
    <svg class="qr" role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`} width={size * QR_CELL} height={size * QR_CELL} shapeRendering="crispEdges">
      <rect width={size} height={size} fill="#fff" /><path d={path} fill="#000" />
    </svg>
  );
}
