using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Yunnao.Kernel;

namespace Yunnao.Formats.Dicom.Pixels;

/// <summary>
/// JPEG 2000 and high-throughput JPEG 2000 by the system's library openjp2 (BSD licence; Debian <c>libopenjp2-7</c>, 2.5 or later for
/// high-throughput), through its C interface. The library works on a copy of nothing: it reads the frame's bytes by call-backs.
/// </summary>
internal static unsafe partial class Jpeg2000Decoder
{
    private const string Library = "openjp2";
    private const int ParametersSize = 32 << 10;

    private static readonly Lazy<nint> Handle = new(Load);

    /// <summary>True when the library is installed.</summary>
    public static bool IsThere => Handle.Value != 0;

    static Jpeg2000Decoder() => NativeLibrary.SetDllImportResolver(typeof(Jpeg2000Decoder).Assembly, (name, _, _) => name == Library ? Handle.Value : 0);

    public static Result<DecodedFrame> Decode(PixelDescription pixels, ReadOnlyMemory<byte> coded)
    {
        using var pin = coded.Pin();
        var source = new Source { Bytes = (byte*)pin.Pointer, Length = coded.Length };
        var isFile = coded.Length > 12 && coded.Span[4..8].SequenceEqual("jP  "u8);
        nint codec = 0, stream = 0;
        Image* image = null;
        var parameters = (byte*)NativeMemory.AllocZeroed(ParametersSize);
        try
        {
            codec = CreateDecompress(isFile ? 2 : 0);
            stream = StreamCreate(1 << 16, 1);
            if (codec == 0 || stream == 0) throw new CodeStreamException("openjp2 cannot be started");
            SetDefaultParameters(parameters);
            StreamSetRead(stream, &Read);
            StreamSetSkip(stream, &Skip);
            StreamSetSeek(stream, &Seek);
            StreamSetUserData(stream, &source, null);
            StreamSetUserDataLength(stream, (ulong)coded.Length);
            if (SetupDecoder(codec, parameters) == 0 || ReadHeader(stream, codec, &image) == 0 || image is null) throw new CodeStreamException("the head of a JPEG 2000 frame is damaged");
            if (image->X1 - image->X0 != pixels.Columns || image->Y1 - image->Y0 != pixels.Rows || image->Components != pixels.Samples)
                throw new CodeStreamException("the size of a JPEG 2000 frame is not that of the image");
            if (OpjDecode(codec, stream, image) == 0) throw new CodeStreamException("a JPEG 2000 frame is damaged");
            return Collect(pixels, image);
        }
        finally
        {
            if (image is not null) ImageDestroy(image);
            if (stream != 0) StreamDestroy(stream);
            if (codec != 0) DestroyCodec(codec);
            NativeMemory.Free(parameters);
        }
    }

    private static DecodedFrame Collect(PixelDescription pixels, Image* image)
    {
        var (rows, columns, count) = (pixels.Rows, pixels.Columns, pixels.Samples);
        if (pixels.BitsAllocated == 1) pixels = pixels with { BitsAllocated = 8, BitsStored = 1, HighBit = 0 };
        var width = pixels.BitsAllocated / 8;
        if (width is not (1 or 2 or 4)) throw new CodeStreamException("compressed samples of this size are not decoded", unsupported: true);
        var samples = new byte[pixels.SampleCount * width];
        for (var c = 0; c < count; c++)
        {
            var component = image->Parts[c];
            if (component.Data is null || component.Width == 0 || component.Height == 0) throw new CodeStreamException("a JPEG 2000 frame is damaged");
            var (dx, dy) = (Math.Max(1, (int)component.Dx), Math.Max(1, (int)component.Dy));
            for (var row = 0; row < rows; row++)
            {
                var line = component.Data + (long)Math.Min(row / dy, (int)component.Height - 1) * component.Width;
                var o = (row * columns * count + c) * width;
                for (var column = 0; column < columns; column++, o += count * width)
                {
                    var value = line[Math.Min(column / dx, (int)component.Width - 1)];
                    samples[o] = (byte)value;
                    if (width == 1) continue;
                    samples[o + 1] = (byte)(value >> 8);
                    if (width == 2) continue;
                    samples[o + 2] = (byte)(value >> 16);
                    samples[o + 3] = (byte)(value >> 24);
                }
            }
        }

        // The colour transform of the code stream is undone by the library; what is named RCT or ICT is RGB now.
        var photometric = pixels.Photometric is "YBR_RCT" or "YBR_ICT" ? "RGB" : pixels.Photometric;
        return new(pixels with { Photometric = photometric, IsPlanar = false }, samples);
    }

    private static nint Load()
    {
        foreach (var name in new[] { "libopenjp2.so.7", "libopenjp2.7.dylib", "openjp2" })
            if (NativeLibrary.TryLoad(name, out var handle)) return handle;
        return 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nuint Read(byte* buffer, nuint count, Source* source)
    {
        var there = Math.Min((long)count, source->Length - source->Position);
        if (there <= 0) return nuint.MaxValue;
        Buffer.MemoryCopy(source->Bytes + source->Position, buffer, (long)count, there);
        source->Position += there;
        return (nuint)there;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static long Skip(long count, Source* source)
    {
        source->Position = Math.Clamp(source->Position + count, 0, source->Length);
        return count;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Seek(long place, Source* source)
    {
        if (place < 0 || place > source->Length) return 0;
        source->Position = place;
        return 1;
    }

    [LibraryImport(Library, EntryPoint = "opj_create_decompress")]
    private static partial nint CreateDecompress(int format);

    [LibraryImport(Library, EntryPoint = "opj_set_default_decoder_parameters")]
    private static partial void SetDefaultParameters(byte* parameters);

    [LibraryImport(Library, EntryPoint = "opj_setup_decoder")]
    private static partial int SetupDecoder(nint codec, byte* parameters);

    [LibraryImport(Library, EntryPoint = "opj_stream_create")]
    private static partial nint StreamCreate(nuint buffer, int isInput);

    [LibraryImport(Library, EntryPoint = "opj_stream_set_read_function")]
    private static partial void StreamSetRead(nint stream, delegate* unmanaged[Cdecl]<byte*, nuint, Source*, nuint> read);

    [LibraryImport(Library, EntryPoint = "opj_stream_set_skip_function")]
    private static partial void StreamSetSkip(nint stream, delegate* unmanaged[Cdecl]<long, Source*, long> skip);

    [LibraryImport(Library, EntryPoint = "opj_stream_set_seek_function")]
    private static partial void StreamSetSeek(nint stream, delegate* unmanaged[Cdecl]<long, Source*, int> seek);

    [LibraryImport(Library, EntryPoint = "opj_stream_set_user_data")]
    private static partial void StreamSetUserData(nint stream, Source* source, void* free);

    [LibraryImport(Library, EntryPoint = "opj_stream_set_user_data_length")]
    private static partial void StreamSetUserDataLength(nint stream, ulong length);

    [LibraryImport(Library, EntryPoint = "opj_read_header")]
    private static partial int ReadHeader(nint stream, nint codec, Image** image);

    [LibraryImport(Library, EntryPoint = "opj_decode")]
    private static partial int OpjDecode(nint codec, nint stream, Image* image);

    [LibraryImport(Library, EntryPoint = "opj_stream_destroy")]
    private static partial void StreamDestroy(nint stream);

    [LibraryImport(Library, EntryPoint = "opj_destroy_codec")]
    private static partial void DestroyCodec(nint codec);

    [LibraryImport(Library, EntryPoint = "opj_image_destroy")]
    private static partial void ImageDestroy(Image* image);

    private struct Source
    {
        public byte* Bytes;
        public long Length;
        public long Position;
    }

    /// <summary>opj_image_t of openjpeg.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Image
    {
        public uint X0;
        public uint Y0;
        public uint X1;
        public uint Y1;
        public uint Components;
        public int ColorSpace;
        public Component* Parts;
        public byte* IccProfile;
        public uint IccLength;
    }

    /// <summary>opj_image_comp_t of openjpeg.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Component
    {
        public uint Dx;
        public uint Dy;
        public uint Width;
        public uint Height;
        public uint X0;
        public uint Y0;
        public uint Precision;
        public uint BitsPerPixel;
        public uint IsSigned;
        public uint ResolutionsDecoded;
        public uint Factor;
        public int* Data;
        public ushort Alpha;
    }
}
