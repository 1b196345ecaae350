using System.Buffers.Binary;
using Yunnao.Kernel;

namespace Yunnao.Formats.Dicom.Pixels;

/// <summary>
/// JPEG-LS (ISO 14495-1, ITU-T T.87), lossless and near-lossless, of 2 to 16 bits, components one after the other, by lines or by samples.
/// The letters of the standard (A, B, C, N, Ra … Rd) are kept.
/// </summary>
internal sealed class JpegLsDecoder
{
    private const int Contexts = 367;

    private static readonly byte[] J =
        [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14, 15];

    private readonly int _near;
    private readonly int _max;
    private readonly int _range;
    private readonly int _qbpp;
    private readonly int _limit;
    private readonly int _reset;
    private readonly int _step;
    private readonly sbyte[] _quantised;
    private readonly int[] _a = new int[Contexts];
    private readonly int[] _b = new int[Contexts];
    private readonly int[] _c = new int[Contexts];
    private readonly int[] _n = new int[Contexts];
    private readonly int[] _negative = new int[2];

    private JpegLsDecoder(int max, int near, int t1, int t2, int t3, int reset)
    {
        (_max, _near, _reset, _step) = (max, near, reset, 2 * near + 1);
        _range = (max + 2 * near) / _step + 1;
        _qbpp = Log2(_range);
        var bpp = Math.Max(2, Log2(max + 1));
        _limit = 2 * (bpp + Math.Max(8, bpp));
        _quantised = new sbyte[2 * max + 1];
        for (var d = -max; d <= max; d++) _quantised[d + max] = Quantise(d, near, t1, t2, t3);
        Clear();
    }

    public static Result<DecodedFrame> Decode(PixelDescription pixels, ReadOnlySpan<byte> coded)
    {
        var head = JpegHead.Read(coded);
        if (head.Frame != 0xF7) throw new CodeStreamException("the frame is not JPEG-LS");
        if (head.Columns != pixels.Columns || head.Rows != pixels.Rows || head.Components != pixels.Samples)
            throw new CodeStreamException("the size of a JPEG-LS frame is not that of the image");
        if (head.Precision is < 2 or > 16) throw new CodeStreamException("JPEG-LS of this precision is not decoded", unsupported: true);
        var samples = new ushort[pixels.SampleCount];
        var (at, restart) = (2, 0);
        int[] preset = [0, 0, 0, 0, 0];
        while (at + 4 <= coded.Length)
        {
            if (coded[at] != 0xFF || coded[at + 1] is < 0xC0 or 0xFF or (>= 0xD0 and <= 0xD8))
            {
                at++;
                continue;
            }

            var marker = coded[at + 1];
            if (marker == 0xD9) break;
            var length = BinaryPrimitives.ReadUInt16BigEndian(coded[(at + 2)..]);
            if (length < 2 || at + 2 + length > coded.Length) break;
            var body = coded.Slice(at + 4, length - 2);
            at += 2 + length;
            if (marker == 0xF8) Preset(body, preset);
            if (marker == 0xDD && body.Length >= 2) restart = BinaryPrimitives.ReadUInt16BigEndian(body);
            if (marker == 0xDA) at += Scan(coded[at..], body, coded[head.FrameOffset..], head, preset, restart, samples);
        }

        return NativeFrames.Pack(pixels, samples);
    }

    /// <summary>Preset coding parameters (C.2.4.1.1): MAXVAL, T1, T2, T3, RESET; 0 stands for the default.</summary>
    private static void Preset(ReadOnlySpan<byte> body, int[] preset)
    {
        if (body.Length < 1) return;
        if (body[0] is 2 or 3) throw new CodeStreamException("JPEG-LS with mapping tables is not decoded", unsupported: true);
        if (body[0] != 1 || body.Length < 11) return;
        for (var i = 0; i < 5; i++) preset[i] = BinaryPrimitives.ReadUInt16BigEndian(body[(1 + 2 * i)..]);
    }

    private static int Scan(ReadOnlySpan<byte> entropy, ReadOnlySpan<byte> scan, ReadOnlySpan<byte> frame, JpegHead head, int[] preset, int restart, ushort[] samples)
    {
        var count = scan.Length > 0 ? scan[0] : 0;
        if (count is 0 or > 4 || scan.Length < 4 + 2 * count) throw new CodeStreamException("a scan header of JPEG-LS is damaged");
        var (near, interleave, transform) = (scan[1 + 2 * count], scan[2 + 2 * count], scan[3 + 2 * count] & 0x0F);
        if (transform != 0 || interleave > 2 || (interleave == 0 && count != 1)) throw new CodeStreamException("this form of JPEG-LS is not decoded", unsupported: true);
        var first = -1;
        for (var c = 0; c < head.Components; c++)
            if (frame[6 + 3 * c] == scan[1]) first = c;
        if (first < 0 || first + count > head.Components) throw new CodeStreamException("a scan of JPEG-LS uses a component that is not there");

        var max = preset[0] > 0 ? preset[0] : (1 << head.Precision) - 1;
        if (max >= 1 << head.Precision || near > Math.Min(255, max / 2)) throw new CodeStreamException("the parameters of JPEG-LS are outside their range");
        var (t1, t2, t3) = Thresholds(max, near);
        if (preset[1] > 0) t1 = preset[1];
        if (preset[2] > 0) t2 = preset[2];
        if (preset[3] > 0) t3 = preset[3];
        var decoder = new JpegLsDecoder(max, near, t1, t2, t3, preset[4] > 0 ? preset[4] : 64);
        var bits = new LsBits(entropy);
        if (interleave == 2) decoder.BySamples(ref bits, samples, head, first, count, restart);
        else decoder.ByLines(ref bits, samples, head, first, count, restart);
        return bits.Consumed();
    }

    /// <summary>Default thresholds of gradients (C.2.4.1.1.1).</summary>
    private static (int T1, int T2, int T3) Thresholds(int max, int near)
    {
        int t1, t2, t3;
        if (max >= 128)
        {
            var factor = (Math.Min(max, 4095) + 128) / 256;
            t1 = Clamp(factor * (3 - 2) + 2 + 3 * near, near + 1, max);
            t2 = Clamp(factor * (7 - 3) + 3 + 5 * near, t1, max);
            t3 = Clamp(factor * (21 - 4) + 4 + 7 * near, t2, max);
        }
        else
        {
            var factor = 256 / (max + 1);
            t1 = Clamp(Math.Max(2, 3 / factor + 3 * near), near + 1, max);
            t2 = Clamp(Math.Max(3, 7 / factor + 5 * near), t1, max);
            t3 = Clamp(Math.Max(4, 21 / factor + 7 * near), t2, max);
        }

        return (t1, t2, t3);
    }

    private static int Clamp(int value, int low, int max) => value > max || value < low ? low : value;

    private static int Log2(int value)
    {
        var bits = 0;
        while (1 << bits < value) bits++;
        return bits;
    }

    private static sbyte Quantise(int d, int near, int t1, int t2, int t3)
    {
        if (d <= -t3) return -4;
        if (d <= -t2) return -3;
        if (d <= -t1) return -2;
        if (d < -near) return -1;
        if (d <= near) return 0;
        if (d < t1) return 1;
        if (d < t2) return 2;
        return (sbyte)(d < t3 ? 3 : 4);
    }

    private void Clear()
    {
        Array.Fill(_a, Math.Max(2, (_range + 32) / 64));
        Array.Fill(_n, 1);
        Array.Clear(_b);
        Array.Clear(_c);
        Array.Clear(_negative);
    }

    private void ByLines(ref LsBits bits, ushort[] samples, JpegHead head, int first, int count, int restart)
    {
        // One sample before each line and one behind: Ra and Rc of the first, Rd of the last.
        var width = head.Columns;
        var above = new int[count][];
        var line = new int[count][];
        for (var c = 0; c < count; c++) (above[c], line[c]) = (new int[width + 2], new int[width + 2]);
        var run = new int[count];
        for (var row = 0; row < head.Rows; row++)
        {
            if (restart > 0 && row > 0 && row % restart == 0)
            {
                if (!bits.Restart()) return;
                Clear();
                Array.Clear(run);
                foreach (var cleared in above) Array.Clear(cleared);
            }

            for (var c = 0; c < count; c++)
            {
                var (up, current) = (above[c], line[c]);
                up[width + 1] = up[width];
                current[0] = up[1];
                Line(ref bits, up, current, width, ref run[c]);
                var place = row * width * head.Components + first + c;
                for (var x = 1; x <= width; x++, place += head.Components) samples[place] = (ushort)current[x];
                (above[c], line[c]) = (current, up);
            }
        }
    }

    private void Line(ref LsBits bits, int[] up, int[] line, int width, ref int run)
    {
        for (var x = 1; x <= width;)
        {
            int ra = line[x - 1], rb = up[x], rc = up[x - 1], rd = up[x + 1];
            var q = Context(rd - rb, rb - rc, rc - ra);
            if (q != 0)
            {
                line[x++] = Regular(ref bits, q, ra, rb, rc);
                continue;
            }

            var length = Run(ref bits, width - x + 1, ref run, out var broken);
            Array.Fill(line, ra, x, length);
            x += length;
            if (!broken) continue;
            var (a, b) = (line[x - 1], up[x]);
            if (Math.Abs(a - b) <= _near) line[x] = Reconstruct(a, Interruption(ref bits, 1, run));
            else line[x] = Reconstruct(b, a > b ? -Interruption(ref bits, 0, run) : Interruption(ref bits, 0, run));
            x++;
            if (run > 0) run--;
        }
    }

    private void BySamples(ref LsBits bits, ushort[] samples, JpegHead head, int first, int count, int restart)
    {
        var width = head.Columns;
        var above = new int[(width + 2) * count];
        var line = new int[(width + 2) * count];
        Span<int> contexts = stackalloc int[4];
        var run = 0;
        for (var row = 0; row < head.Rows; row++)
        {
            if (restart > 0 && row > 0 && row % restart == 0)
            {
                if (!bits.Restart()) return;
                Clear();
                run = 0;
                Array.Clear(above);
            }

            for (var c = 0; c < count; c++)
            {
                above[(width + 1) * count + c] = above[width * count + c];
                line[c] = above[count + c];
            }

            for (var x = 1; x <= width;)
            {
                var (at, isRun) = (x * count, true);
                for (var c = 0; c < count; c++)
                {
                    var i = at + c;
                    contexts[c] = Context(above[i + count] - above[i], above[i] - above[i - count], above[i - count] - line[i - count]);
                    isRun &= contexts[c] == 0;
                }

                if (!isRun)
                {
                    for (var c = 0; c < count; c++) line[at + c] = Regular(ref bits, contexts[c], line[at + c - count], above[at + c], above[at + c - count]);
                    x++;
                    continue;
                }

                var length = Run(ref bits, width - x + 1, ref run, out var broken);
                for (var k = 0; k < length * count; k++) line[at + k] = line[at + k - count];
                x += length;
                if (!broken) continue;
                at = x * count;
                for (var c = 0; c < count; c++)
                {
                    var (a, b) = (line[at + c - count], above[at + c]);
                    var error = Interruption(ref bits, 0, run);
                    line[at + c] = Reconstruct(b, a > b ? -error : error);
                }

                x++;
                if (run > 0) run--;
            }

            for (var x = 0; x < width; x++)
                for (var c = 0; c < count; c++) samples[(row * width + x) * head.Components + first + c] = (ushort)line[(x + 1) * count + c];
            (above, line) = (line, above);
        }
    }

    /// <summary>The context of three gradients, -364 to 364: its sign is SIGN of A.3.4. 0: run mode, or all gradients quantised to 0.</summary>
    private int Context(int d1, int d2, int d3) => (_quantised[d1 + _max] * 9 + _quantised[d2 + _max]) * 9 + _quantised[d3 + _max];

    private int Regular(ref LsBits bits, int q, int ra, int rb, int rc)
    {
        var sign = q >> 31;
        q = (q ^ sign) - sign;
        var (low, high) = ra < rb ? (ra, rb) : (rb, ra);
        var px = rc >= high ? low : rc <= low ? high : ra + rb - rc;
        px = Math.Clamp(px + ((_c[q] ^ sign) - sign), 0, _max);
        var (a, n) = (_a[q], _n[q]);
        var k = 0;
        while (n << k < a) k++;
        var mapped = bits.Golomb(k, _limit, _qbpp);
        var error = (mapped & 1) == 0 ? mapped >> 1 : -((mapped + 1) >> 1);
        if (k == 0 && _near == 0 && 2 * _b[q] <= -n) error = -error - 1;
        Update(q, error);
        return Reconstruct(px, (error ^ sign) - sign);
    }

    /// <summary>A.6: the statistics of a context, and the bias of its prediction.</summary>
    private void Update(int q, int error)
    {
        var b = _b[q] + error * _step;
        var a = _a[q] + Math.Abs(error);
        var n = _n[q];
        if (n == _reset)
        {
            a >>= 1;
            b >>= 1;
            n >>= 1;
        }

        n++;
        if (b <= -n)
        {
            b = Math.Max(b + n, 1 - n);
            if (_c[q] > -128) _c[q]--;
        }
        else if (b > 0)
        {
            b = Math.Min(b - n, 0);
            if (_c[q] < 127) _c[q]++;
        }

        (_a[q], _b[q], _n[q]) = (a, b, n);
    }

    private int Reconstruct(int prediction, int error)
    {
        var value = prediction + error * _step;
        if (value < -_near) value += _range * _step;
        else if (value > _max + _near) value -= _range * _step;
        return Math.Clamp(value, 0, _max);
    }

    /// <summary>A.7.1.2: length of a run, and whether a sample ends it before the end of the line.</summary>
    private static int Run(ref LsBits bits, int left, ref int run, out bool broken)
    {
        var length = 0;
        while (bits.Read(1) == 1)
        {
            var full = 1 << J[run];
            var taken = Math.Min(full, left - length);
            length += taken;
            if (taken == full && run < 31) run++;
            if (length < left) continue;
            broken = false;
            return length;
        }

        broken = true;
        length += J[run] > 0 ? bits.Read(J[run]) : 0;
        if (length >= left) throw new CodeStreamException("a run of JPEG-LS is longer than its line");
        return length;
    }

    /// <summary>A.7.2: the error of the sample that ends a run.</summary>
    private int Interruption(ref LsBits bits, int type, int run)
    {
        var q = 365 + type;
        var t = type == 0 ? _a[q] : _a[q] + (_n[q] >> 1);
        var k = 0;
        while (_n[q] << k < t) k++;
        var mapped = bits.Golomb(k, _limit - J[run] - 1, _qbpp);
        var value = mapped + type;
        var map = value & 1;
        var size = (value + map) >> 1;
        var error = (k != 0 || 2 * _negative[type] >= _n[q]) == (map == 1) ? -size : size;
        if (error < 0) _negative[type]++;
        _a[q] += (mapped + 1 - type) >> 1;
        if (_n[q] == _reset)
        {
            _a[q] >>= 1;
            _n[q] >>= 1;
            _negative[type] >>= 1;
        }

        _n[q]++;
        return error;
    }
}
