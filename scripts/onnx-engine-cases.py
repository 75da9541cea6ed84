"""Random ai.onnx.ml models and what ONNX Runtime answers to them, for test/onnx/engine.test.ts.

pip install onnx==1.23.2 onnxruntime==1.32.0 numpy; then: python scripts/onnx-engine-cases.py out.json
One thread, because the engine's sums depend on the number of threads. Cases whose answers hold uninitialised memory of
the engine (PROBIT with one score for two classes) are left out by hand.
"""
import numpy as np, onnx, onnxruntime as ort, json, base64, sys
from onnx import helper as h, TensorProto as T, numpy_helper as nh
rng=np.random.default_rng(1)
so=ort.SessionOptions(); so.intra_op_num_threads=1; so.log_severity_level=4
out=[]
NP={T.FLOAT:np.float32,T.DOUBLE:np.float64,T.INT64:np.int64,T.INT32:np.int32,T.STRING:object}
def case(name,op,feeds,outs,attrs,ml=3,domain='ai.onnx.ml',opset=17):
    ins=[(k,v) for k,v in feeds.items()]
    def tt(v): return T.STRING if v.dtype==object else h.np_dtype_to_tensor_dtype(v.dtype)
    node=h.make_node(op,[k for k,_ in ins],outs,domain=domain,**attrs)
    g=h.make_graph([node],'g',[h.make_tensor_value_info(k,tt(v),v.shape) for k,v in ins],[h.make_value_info(o,onnx.TypeProto()) for o in outs])
    ops=[h.make_opsetid('',opset),h.make_opsetid('ai.onnx.ml',ml)]
    if domain=='com.microsoft': ops.append(h.make_opsetid('com.microsoft',1))
    m=h.make_model(g,opset_imports=ops,ir_version=8)
    try:
        r=ort.InferenceSession(m.SerializeToString(),so).run(None,feeds)
    except Exception as e:
        out.append({'name':name,'error':str(e)[:200]}); print(name,str(e)[:160]); return
    # fill in output types
    del g.output[:]
    for o,v in zip(outs,r):
        if isinstance(v,np.ndarray): g.output.append(h.make_tensor_value_info(o,tt(v),v.shape))
        else: 
            vi=g.output.add(); vi.name=o
    m=h.make_model(g,opset_imports=ops,ir_version=8)
    enc=lambda v: base64.b64encode(nh.from_array(v).SerializeToString()).decode()
    rec={'name':name,'model':base64.b64encode(m.SerializeToString()).decode(),'feeds':{k:enc(v) for k,v in feeds.items()},'want':[enc(v) if isinstance(v,np.ndarray) else [{str(a):float(b) for a,b in d.items()} for d in v] for v in r]}
    out.append(rec)
def trees(ntrees,nf,depth,targets,modes=('BRANCH_LEQ',),double=False,multi=False,pos=False,ids=None):
    a=dict(nodes_treeids=[],nodes_nodeids=[],nodes_featureids=[],nodes_modes=[],nodes_values=[],nodes_truenodeids=[],nodes_falsenodeids=[],nodes_missing_value_tracks_true=[])
    L=dict(treeids=[],nodeids=[],ids=[],weights=[])
    for t in range(ntrees):
        nid=[0]
        def build(d):
            me=nid[0]; nid[0]+=1
            leaf=d==0 or rng.random()<0.15 and d<depth
            i=len(a['nodes_treeids'])
            a['nodes_treeids'].append(t);a['nodes_nodeids'].append(me)
            a['nodes_featureids'].append(int(rng.integers(nf)) if not leaf else 0)
            a['nodes_modes'].append('LEAF' if leaf else str(rng.choice(modes)))
            a['nodes_values'].append(float(np.float32(rng.choice([rng.normal(),rng.integers(-2,3)]))) if not leaf else 0.)
            a['nodes_missing_value_tracks_true'].append(int(rng.integers(2)))
            a['nodes_truenodeids'].append(0);a['nodes_falsenodeids'].append(0)
            if leaf:
                ks=range(targets) if multi else [int(rng.choice(ids if ids is not None else range(targets)))]
                for k in ks:
                    L['treeids'].append(t);L['nodeids'].append(me);L['ids'].append(k)
                    w=rng.normal(); L['weights'].append(abs(w)/ntrees if pos else w)
            else:
                a['nodes_truenodeids'][i]=build(d-1);a['nodes_falsenodeids'][i]=build(d-1)
            return me
        build(depth)
    return a,L
def X(n,nf,dt=np.float32,nan=True):
    x=rng.normal(size=(n,nf)); x[rng.random((n,nf))<.2]=rng.integers(-2,3)
    if nan and dt in(np.float32,np.float64): x[rng.random((n,nf))<.1]=np.nan
    return (x*(1 if dt in(np.float32,np.float64) else 2)).astype(dt)
MODES=['BRANCH_LEQ','BRANCH_LT','BRANCH_GTE','BRANCH_GT','BRANCH_EQ','BRANCH_NEQ']
for i in range(60):
    targets=int(rng.choice([1,1,2,3])); post=str(rng.choice(['NONE','LOGISTIC','SOFTMAX','SOFTMAX_ZERO','PROBIT']))
    agg=str(rng.choice(['SUM','AVERAGE','MIN','MAX'])); dt=[np.float32,np.float64,np.int64,np.int32][int(rng.choice([0,0,1,2,3]))]
    modes=MODES if rng.random()<.4 else [str(rng.choice(MODES))]
    a,L=trees(int(rng.integers(1,20)),5,4,targets,modes,multi=rng.random()<.6)
    base={} 
    b=rng.random()
    if b<.3: base=dict(base_values=[float(v) for v in rng.normal(size=targets)])
    elif b<.4 and targets==1: base=dict(base_values=[0.25])
    ml=3
    at=dict(**a,n_targets=targets,target_treeids=L['treeids'],target_nodeids=L['nodeids'],target_ids=L['ids'],post_transform=post,aggregate_function=agg)
    W=L['weights']
    if dt==np.float64 and rng.random()<.7:
        at['nodes_values_as_tensor']=nh.from_array(np.array(at.pop('nodes_values'),dtype=np.float64)+1e-9)
        at['target_weights_as_tensor']=nh.from_array(np.array(W,dtype=np.float64))
        if base: at['base_values_as_tensor']=nh.from_array(np.array(base['base_values'],dtype=np.float64))
    else: at['target_weights']=W; at.update(base)
    case(f'reg{i}-{targets}-{post}-{agg}-{dt.__name__}-{len(base.get("base_values",[]))}','TreeEnsembleRegressor',{'X':X(int(rng.choice([1,7,60])),5,dt)},['Y'],at,ml)
for i in range(100):
    nc=int(rng.choice([2,2,2,3,5])); post=str(rng.choice(['NONE','LOGISTIC','SOFTMAX','SOFTMAX_ZERO','PROBIT'])); dt=[np.float32,np.float64,np.int64,np.int32][int(rng.choice([0,0,1,2,3]))]
    ids=None; kind=rng.choice(['any','one0','one1','multi'])
    if nc==2 and kind=='one0': ids=[0]
    if nc==2 and kind=='one1': ids=[1]
    a,L=trees(int(rng.integers(1,20)),5,4,nc,MODES if rng.random()<.3 else ['BRANCH_LEQ'],multi=kind=='multi',pos=rng.random()<.4,ids=ids)
    b=rng.random(); base=[]
    if b<.3: base=[float(v) for v in rng.normal(size=nc)]
    elif b<.4 and nc==2: base=[0.25]
    at=dict(**a,class_treeids=L['treeids'],class_nodeids=L['nodeids'],class_ids=L['ids'],post_transform=post)
    if rng.random()<.5: at['classlabels_strings']=[f'c{k}' for k in range(nc)]
    else: at['classlabels_int64s']=[10+k*3 for k in range(nc)] if rng.random()<.7 else list(range(nc))
    W=L['weights']
    if dt==np.float64 and rng.random()<.7:
        at['nodes_values_as_tensor']=nh.from_array(np.array(at.pop('nodes_values'),dtype=np.float64)+1e-9)
        at['class_weights_as_tensor']=nh.from_array(np.array(W,dtype=np.float64))
        if base: at['base_values_as_tensor']=nh.from_array(np.array(base,dtype=np.float64))
    else:
        at['class_weights']=W
        if base: at['base_values']=base
    case(f'cls{i}-{nc}-{post}-{kind}-{dt.__name__}-b{len(base)}','TreeEnsembleClassifier',{'X':X(int(rng.choice([1,7,60])),5,dt)},['L','S'],at,3)
# TreeEnsemble 5
for i in range(40):
    dt=[np.float32,np.float64][int(rng.integers(2))]; targets=int(rng.choice([1,1,2,3])); roots=[]; N=dict(f=[],s=[],m=[],t=[],fl=[],tl=[],ff=[],mi=[]); LW=[];LT=[];mem=[]
    def leaf():
        LW.append(rng.normal());LT.append(int(rng.integers(targets)));return len(LW)-1
    def build(d):
        me=len(N['f']); 
        for k in N: N[k].append(0)
        N['f'][me]=int(rng.integers(5)); N['s'][me]=rng.choice([rng.normal(),rng.integers(-2,3)]); mode=int(rng.choice([0,0,0,1,2,3,4,5,6])); N['m'][me]=mode; N['mi'][me]=int(rng.integers(2))
        for side,(c,l) in enumerate([('t','tl'),('fl','ff')]):
            if d==0 or rng.random()<.2: N[l][me]=1;N[c][me]=leaf()
            else: N[c][me]=build(d-1)
        return me
    for t in range(int(rng.integers(1,10))): roots.append(build(3))
    memv=[]
    for mo in N['m']:
        if mo==6: memv+= [float(v) for v in rng.integers(1,5,size=int(rng.integers(1,4)))]+[np.nan]
    at=dict(tree_roots=roots,nodes_featureids=N['f'],nodes_splits=nh.from_array(np.array(N['s'],dtype=dt)),nodes_modes=nh.from_array(np.array(N['m'],dtype=np.uint8)),nodes_truenodeids=N['t'],nodes_falsenodeids=N['fl'],nodes_trueleafs=N['tl'],nodes_falseleafs=N['ff'],nodes_missing_value_tracks_true=N['mi'],leaf_weights=nh.from_array(np.array(LW,dtype=dt)),leaf_targetids=LT,n_targets=targets,aggregate_function=int(rng.integers(4)),post_transform=int(rng.integers(5)))
    if memv: at['membership_values']=nh.from_array(np.array(memv,dtype=dt))
    case(f'te{i}-{targets}-{dt.__name__}-agg{at["aggregate_function"]}-post{at["post_transform"]}','TreeEnsemble',{'X':abs(X(30,5,dt))*2},['Y'],at,5,opset=21)
for i in range(60):
    dt=[np.float32,np.float64,np.int64,np.int32][int(rng.choice([0,0,1,2,3]))]; nf=int(rng.choice([3,20])); nt=int(rng.choice([1,2,3,4,6])); post=str(rng.choice(['NONE','LOGISTIC','SOFTMAX','SOFTMAX_ZERO','PROBIT']))
    n=int(rng.choice([1,2,7,40]))
    at=dict(coefficients=rng.normal(size=nt*nf).astype(np.float32).tolist(),targets=nt,post_transform=post)
    if rng.random()<.8: at['intercepts']=rng.normal(size=nt).astype(np.float32).tolist()
    case(f'lr{i}-{nt}-{post}-{dt.__name__}-n{n}-f{nf}','LinearRegressor',{'X':X(n,nf,dt,False)},['Y'],at,1) if dt==np.float32 else None
    nc=nt if nt>1 else 2
    at=dict(coefficients=rng.normal(size=nt*nf).astype(np.float32).tolist(),intercepts=rng.normal(size=nt).astype(np.float32).tolist(),post_transform=post,multi_class=int(rng.integers(2)))
    if rng.random()<.5: at['classlabels_strings']=[f'c{k}' for k in range(nc)]
    else: at['classlabels_ints']=[5+k*3 for k in range(nc)]
    case(f'lc{i}-{nt}-{post}-{dt.__name__}-n{n}-f{nf}','LinearClassifier',{'X':X(n,nf,dt,False)},['L','S'],at,1)
for i in range(70):
    nf=4; kernel=str(rng.choice(['LINEAR','POLY','RBF','SIGMOID'])); n=int(rng.choice([1,6,30])); post=str(rng.choice(['NONE','NONE','LOGISTIC','SOFTMAX','SOFTMAX_ZERO','PROBIT']))
    params=[0.3,0.7,float(rng.choice([2,3,2.5 if kernel!='POLY' else 4]))]
    ns=int(rng.choice([0,5,12]))
    at=dict(kernel_type=kernel,kernel_params=params,n_supports=ns,coefficients=rng.normal(size=ns or nf).tolist(),rho=[0.4],post_transform=post,one_class=int(rng.random()<.2))
    if ns: at['support_vectors']=rng.normal(size=ns*nf).tolist()
    case(f'svr{i}-{kernel}-{ns}-{post}-n{n}','SVMRegressor',{'X':X(n,nf,np.float32,False)},['Y'],at,1)
    nc=int(rng.choice([2,2,3,4])); vpc=[int(v) for v in rng.integers(1,5,size=nc)]; nv=sum(vpc); lin=rng.random()<.25
    at=dict(kernel_type=kernel,kernel_params=params,post_transform=post)
    if lin: at.update(coefficients=rng.normal(size=nc*nf).tolist(),rho=[0.3])
    else:
        at.update(vectors_per_class=vpc,support_vectors=rng.normal(size=nv*nf).tolist(),coefficients=rng.normal(size=(nc-1)*nv).tolist(),rho=rng.normal(size=nc*(nc-1)//2).tolist())
        if rng.random()<.5: at.update(prob_a=(-abs(rng.normal(size=nc*(nc-1)//2))-.5).tolist(),prob_b=(rng.normal(size=nc*(nc-1)//2)*.1).tolist())
    if rng.random()<.2: at['coefficients']=[abs(v) for v in at['coefficients']]
    if rng.random()<.5: at['classlabels_strings']=[f'c{k}' for k in range(nc)]
    else: at['classlabels_ints']=[5+k*3 for k in range(nc)]
    dt=[np.float32,np.float64,np.int64,np.int32][int(rng.choice([0,0,1,2,3]))]
    case(f'svc{i}-{kernel}-{nc}-{"lin" if lin else "svc"}-{"p" if "prob_a" in at else ""}-{post}-n{n}-{dt.__name__}','SVMClassifier',{'X':X(n,nf,dt,False)},['L','S'],at,1)
for norm in ['MAX','L1','L2']:
    for dt in [np.float32,np.float64,np.int64,np.int32]: case(f'norm-{norm}-{dt.__name__}','Normalizer',{'X':X(9,4,dt,False)},['Y'],dict(norm=norm),1)
    case(f'norm1-{norm}','Normalizer',{'X':X(9,4,np.float32,False)[0]},['Y'],dict(norm=norm),1)
    case(f'norm0-{norm}','Normalizer',{'X':np.zeros((3,4),np.float32)},['Y'],dict(norm=norm),1)
for dt in [np.float32,np.float64,np.int64,np.int32]:
    case(f'scaler-{dt.__name__}','Scaler',{'X':X(9,4,dt,False)},['Y'],dict(offset=[.1,.2,.3,.4],scale=[1.5,2.5,.3,4]),1)
    case(f'scaler1-{dt.__name__}','Scaler',{'X':X(9,4,dt,False)},['Y'],dict(offset=[.1],scale=[1.5]),1)
    case(f'bin-{dt.__name__}','Binarizer',{'X':X(9,4,dt,False)},['Y'],dict(threshold=.5),1)
    case(f'afe-{dt.__name__}','ArrayFeatureExtractor',{'X':X(9,4,dt,False),'I':np.array([2,0],np.int64)},['Y'],{},1)
    case(f'afe1-{dt.__name__}','ArrayFeatureExtractor',{'X':X(9,4,dt,False)[0],'I':np.array([2,0,1],np.int64)},['Y'],{},1)
    case(f'afe2-{dt.__name__}','ArrayFeatureExtractor',{'X':X(9,4,dt,False)[0],'I':np.array([[2,0,1]],np.int64)},['Y'],{},1)
    case(f'ohe-{dt.__name__}','OneHotEncoder',{'X':X(9,4,dt,False)},['Y'],dict(cats_int64s=[0,1,2,-1],zeros=1),1)
case('ohe-s','OneHotEncoder',{'X':np.array([['a','b'],['c','x']],object)},['Y'],dict(cats_strings=['a','b','c']),1)
case('afe-s','ArrayFeatureExtractor',{'X':np.array(['a','b','c'],object),'I':np.array([[2],[0]],np.int64)},['Y'],{},1)
case('imp-f','Imputer',{'X':X(9,4)},['Y'],dict(imputed_value_floats=[1,2,3,4.],replaced_value_float=float('nan')),1)
case('imp-f1','Imputer',{'X':X(9,4)},['Y'],dict(imputed_value_floats=[7.],replaced_value_float=0.),1)
case('imp-i','Imputer',{'X':X(9,4,np.int64)},['Y'],dict(imputed_value_int64s=[1,2,3,4],replaced_value_int64=0),1)
case('imp-i1','Imputer',{'X':X(9,4,np.int64)},['Y'],dict(imputed_value_int64s=[9],replaced_value_int64=1),1)
S=np.array([['a','b'],['zz','']],object)
case('le2-si','LabelEncoder',{'X':S},['Y'],dict(keys_strings=['a','b'],values_int64s=[3,4]),2)
case('le2-sf','LabelEncoder',{'X':S},['Y'],dict(keys_strings=['a','b'],values_floats=[3.5,4],default_float=-7.),2)
case('le2-ss','LabelEncoder',{'X':S},['Y'],dict(keys_strings=['a','b'],values_strings=['x','y']),2)
case('le2-is','LabelEncoder',{'X':np.array([1,2,3],np.int64)},['Y'],dict(keys_int64s=[1,2],values_strings=['x','y']),2)
case('le2-fs','LabelEncoder',{'X':np.array([1,np.nan,3],np.float32)},['Y'],dict(keys_floats=[1,float('nan')],values_strings=['x','y']),2)
case('le2-ff','LabelEncoder',{'X':np.array([1,np.nan,3],np.float32)},['Y'],dict(keys_floats=[1,float('nan')],values_floats=[5,6.]),2)
case('le4-dd','LabelEncoder',{'X':np.array([1,np.nan,3],np.float64)},['Y'],dict(keys_tensor=nh.from_array(np.array([1,np.nan],np.float64)),values_tensor=nh.from_array(np.array([5,6.])),default_tensor=nh.from_array(np.array([9.]))),4)
case('cm-s','CategoryMapper',{'X':S},['Y'],dict(cats_strings=['a','b'],cats_int64s=[3,4]),1)
case('cm-i','CategoryMapper',{'X':np.array([[3,4,9]],np.int64)},['Y'],dict(cats_strings=['a','b'],cats_int64s=[3,4]),1)
case('fv','FeatureVectorizer',{'A':X(4,3,np.float32,False),'B':X(4,2,np.int64)},['Y'],dict(inputdimensions=[3,3]),1)
case('fv2','FeatureVectorizer',{'A':X(4,3,np.float64,False),'B':X(4,2,np.int32)},['Y'],dict(inputdimensions=[2,2]),1)
case('zip-s','ZipMap',{'X':X(4,3,np.float32,False)},['Y'],dict(classlabels_strings=['a','b','c']),1)
case('zip-i','ZipMap',{'X':X(4,2,np.float32,False)},['Y'],dict(classlabels_int64s=[4,7]),1)
A=X(5,4,np.float32,False);B=X(3,4,np.float32,False)
for met in ['euclidean','sqeuclidean']:
    for d in [np.float32,np.float64]: case(f'cdist-{met}-{d.__name__}','CDist',{'A':A.astype(d),'B':B.astype(d)},['C'],dict(metric=met),1,'com.microsoft')
json.dump(out,open(sys.argv[1],'w')); print(len(out), sum('error' in o for o in out))
