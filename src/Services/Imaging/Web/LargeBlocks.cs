using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace Yunnao.Services.Imaging.Web;

/// <summary>Memory of connections in blocks of 64 KiB instead of 4: images are long, and each block is a call of the system and a piece to pass on.</summary>
internal sealed class LargeBlocks : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    private const int Block = 64 << 10;

    public override int MaxBufferSize => Array.MaxLength;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => Shared.Rent(Math.Max(minBufferSize, Block));

    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => this;

    protected override void Dispose(bool disposing)
    {
        // It owns no memory.
    }
}
