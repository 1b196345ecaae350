namespace Yunnao.Cli.Bench;

/// <summary>Takes lines of JSON and writes them as the entries of a FHIR Bundle.</summary>
internal sealed class BundleStream(Stream target) : Stream
{
    private bool _inside;
    private bool _any;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (!_inside)
            {
                target.Write(_any ? ",{\"resource\":"u8 : "{\"resource\":"u8);
                (_inside, _any) = (true, true);
            }

            var end = buffer.IndexOf((byte)'\n');
            target.Write(end < 0 ? buffer : buffer[..end]);
            if (end < 0) return;
            target.Write("}"u8);
            _inside = false;
            buffer = buffer[(end + 1)..];
        }
    }

    public override void Flush() => target.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
